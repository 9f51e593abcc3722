//! The read models as they were, in a file.

use std::fs;
use std::sync::Arc;

use domain::TenantId;
use projections::{Until, Views, all, as_of};
use serde_json::{Value, json};
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tokio::task::block_in_place;

use super::files::Folder;
use crate::program::{Home, client, complaint, mode, said};
use crate::stores::{Database, on_both_stores};
use crate::world::Reply;

on_both_stores!(a_file_shows_what_was_true_then, a_file_is_whole_or_not_there);

async fn a_file_shows_what_was_true_then(database: Arc<Database>) {
    let (home, folder) = (Home::of(&database), Folder::new());
    let served = block_in_place(|| home.serve(&[]));
    let token = home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
    let url = format!("{}/v1/tenants/default/commands/CreateGroup", served.url());
    let create = async |name: &str| {
        let request = client().post(&url).bearer_auth(&token);
        let reply = Reply::of(request.json(&json!({"name": name}))).await;
        assert_eq!(reply.status, 200, "{reply}");
        reply.header("chancery-position").parse::<i64>().unwrap()
    };
    let then = create("before").await;
    create("after").await;

    let (log, tenant) = (database.log().await, TenantId::new("default").unwrap());
    let newest = as_of(&*log, &tenant, Until::Now).await.unwrap();
    for (until, ordinal) in [(then.to_string(), then), (String::new(), newest.ordinal)] {
        // Named as the server names its own: it opens like any other.
        let file = folder.file("views.db");
        let until = if until.is_empty() { vec![] } else { vec!["--until", &until] };
        let arguments = [&["replay", "--into", &file, "--force", "--json"], &until[..]].concat();
        let told = said(&block_in_place(|| home.tool(&arguments)));
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!((&told["ordinal"], &told["parked"]), (&json!(ordinal), &json!([])), "{told}");
        assert_eq!(mode(file.as_ref()), 0o600);

        let mut raw = SqliteConnection::connect(&format!("sqlite://{file}")).await.unwrap();
        let names = sqlx::query("select name from groups_v1 where tenant = 'default'");
        let names = names.fetch_all(&mut raw).await.unwrap();
        let names: Vec<String> = names.iter().map(|row| row.get(0)).collect();
        assert!(names.contains(&"before".to_owned()), "{names:?}");
        assert_eq!(names.contains(&"after".to_owned()), ordinal > then, "{names:?}");
        let reached = sqlx::query("select ordinal from replayed where tenant = 'default'");
        assert_eq!(reached.fetch_one(&mut raw).await.unwrap().get::<i64, _>(0), ordinal);
        raw.close().await.unwrap();

        let (rows, fold) = (
            Views::sqlite(folder.path()).await.unwrap(),
            as_of(&*log, &tenant, Until::Ordinal(ordinal)).await.unwrap().views,
        );
        for projection in all().iter().filter(|it| it.is_folded_for_the_past()) {
            let expected = fold.contents(&**projection).await.unwrap();
            let name = projection.name();
            assert_eq!(rows.contents(&**projection).await.unwrap(), expected, "{name}");
        }
        drop(rows);
    }
    block_in_place(|| served.stop());
}

async fn a_file_is_whole_or_not_there(database: Arc<Database>) {
    let (home, folder) = (Home::of(&database), Folder::new());
    block_in_place(|| home.serve(&[]).stop());
    let file = folder.file("then.sqlite");
    for (arguments, why) in [
        (["--until", "999999"], "there is no event 999999"),
        (["--until", "2999-01-01T00:00:00Z"], "yet to come"),
        (["--tenant", "nobody"], "there is no tenant nobody"),
    ] {
        let arguments = [&["replay", "--into", &file], &arguments[..]].concat();
        let output = block_in_place(|| home.tool(&arguments));
        assert!(complaint(&output).contains(why), "{}", complaint(&output));
        assert_eq!(output.status.code(), Some(1));
    }
    // An event that was altered in the store ends it, and names the place.
    fs::write(&file, "mine").unwrap();
    let refused = block_in_place(|| home.tool(&["replay", "--into", &file]));
    assert!(complaint(&refused).contains("--force replaces it"), "{}", complaint(&refused));
    let alter = "update events set correlation = 'x' where tenant = 'default' and ordinal = 3";
    database.tamper(alter).await;
    let broken = block_in_place(|| home.tool(&["replay", "--into", &file, "--force"]));
    assert!(complaint(&broken).contains("its hash does not follow"), "{}", complaint(&broken));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing unfinished is left: {left:?}");
}
