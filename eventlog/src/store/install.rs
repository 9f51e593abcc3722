//! The first start: whose database this is, its schema, and what was fixed when it was made.

use sqlx::SqlStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::{Cells, Installation, decode::Reader};
use crate::LogError;

/// A step of the schema: its number, its name, its statements.
pub(crate) type Step = (i64, &'static str, &'static str);

/// What a database holds before its schema is brought up to date.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schema {
    pub(crate) tables: i64,
    pub(crate) ours: bool,
}

impl Schema {
    /// Refuses a database that somebody else keeps tables in.
    pub(crate) fn check(self) -> Result<(), LogError> {
        if self.tables > 0 && !self.ours {
            let why = "it holds tables of another program; give Chancery a database of its own";
            return Err(LogError::Unusable(why.to_owned()));
        }
        Ok(())
    }

    /// The same, for whoever does not make what is not there.
    pub(crate) fn check_made(self) -> Result<(), LogError> {
        self.check()?;
        let none = || LogError::Unusable("there is no store in it".to_owned());
        self.ours.then_some(()).ok_or_else(none)
    }
}

pub(crate) fn migrator(steps: &[Step]) -> Migrator {
    let step = |&(number, name, sql): &Step| {
        let sql = SqlStr::from_static(sql);
        Migration::new(number, name.into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(steps.iter().map(step).collect())
}

/// The steps that a schema has taken, with what each of them hashes to.
pub(crate) const TAKEN: &str = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";

/// Refuses a schema that is not the one of these steps, for whoever will not change it.
pub(crate) fn check_taken(steps: &[Step], taken: &[(i64, Vec<u8>)]) -> Result<(), LogError> {
    let ours = migrator(steps);
    let known = |number: i64| ours.iter().find(|step| step.version == number);
    for (number, checksum) in taken {
        let wrong = match known(*number) {
            None => MigrateError::VersionMissing(*number),
            Some(step) if *step.checksum != **checksum => MigrateError::VersionMismatch(*number),
            Some(_) => continue,
        };
        return Err(LogError::Unusable(unlike(&wrong)));
    }
    if ours.iter().all(|step| taken.iter().any(|(number, _)| *number == step.version)) {
        return Ok(());
    }
    let why = "its schema is older than this program; run `chancery migrate` once";
    Err(LogError::Unusable(why.to_owned()))
}

/// Tells why the schema could not be brought up to date; `fault` knows the driver's own errors.
pub(crate) fn migrated(
    result: Result<(), MigrateError>,
    fault: fn(sqlx::Error) -> LogError,
) -> Result<(), LogError> {
    match result {
        Ok(()) => Ok(()),
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
            Err(fault(error))
        }
        Err(other) => Err(LogError::Unusable(unlike(&other))),
    }
}

/// How a schema is unlike the one that this program knows.
fn unlike(error: &MigrateError) -> String {
    if let MigrateError::VersionMissing(number) = error {
        return format!(
            "its schema has step {number}, which is newer than this program; update it"
        );
    }
    if let MigrateError::VersionMismatch(number) = error {
        return format!("step {number} of its schema is not the one this program knows");
    }
    error.to_string()
}

/// The one row that says which installation this is. The first node's word holds for all.
pub(crate) const INSTALL: &str = "INSERT INTO installation (singleton, id, partitions) \
     VALUES (1, $1, $2) ON CONFLICT (singleton) DO NOTHING";

pub(crate) const INSTALLED: &str = "SELECT id, partitions FROM installation";

/// Reads what [`INSTALLED`] selects.
pub(crate) fn installed(rows: &[impl Cells]) -> Result<Installation, LogError> {
    let row = rows.first().ok_or_else(|| {
        LogError::Unusable("it has the schema of a log, but was never installed".to_owned())
    })?;
    let cell = Reader(row);
    Ok(Installation { id: cell.uuid(0)?, partitions: cell.small(1)? })
}
