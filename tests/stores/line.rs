//! A way to a database that can be cut, and mended. To PostgreSQL it is a TCP proxy, so that what
//! is cut is a real connection. SQLite has no connection to cut: its file is locked by another.

use std::sync::{Arc, Mutex};

use eventlog::{EventLog, PostgresLog};
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinHandle;

use super::database::PARTITIONS;
use super::hold::Hold;
use super::{Database, Place};

pub(crate) struct Line {
    database: Arc<Database>,
    state: State,
}

enum State {
    File(Option<Hold>),
    Proxy { address: String, through: Arc<Mutex<Through>>, listener: JoinHandle<()> },
}

#[derive(Default)]
struct Through {
    cut: bool,
    clients: Vec<JoinHandle<()>>,
}

impl Line {
    pub(crate) async fn to(database: &Arc<Database>) -> Self {
        let state = match &database.place {
            Place::DataDir(_) => State::File(None),
            Place::Url(url) => {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let port = listener.local_addr().unwrap().port();
                let through = Arc::<Mutex<Through>>::default();
                let listener = tokio::spawn(listen(listener, url.clone(), Arc::clone(&through)));
                State::Proxy { address: through_port(url, port), through, listener }
            }
        };
        Self { database: Arc::clone(database), state }
    }

    /// Opens the log at the far end.
    pub(crate) async fn log(&self) -> Arc<dyn EventLog> {
        match &self.state {
            State::File(_) => self.database.log().await,
            State::Proxy { address, .. } => {
                Arc::new(PostgresLog::connect(address, PARTITIONS).await.unwrap())
            }
        }
    }

    /// Where the far end is, as the program is told.
    pub(crate) fn place(&self) -> Place {
        match &self.state {
            State::File(_) => self.database.place.clone(),
            State::Proxy { address, .. } => Place::Url(address.clone()),
        }
    }

    /// From now on nothing comes through. What the server was told before, it goes on with: its
    /// side of each connection stays open.
    pub(crate) async fn cut(&mut self) {
        match &mut self.state {
            State::File(hold) => *hold = Some(self.database.hold().await),
            State::Proxy { through, .. } => {
                let mut through = through.lock().unwrap();
                through.cut = true;
                through.clients.drain(..).for_each(|client| client.abort());
            }
        }
    }

    pub(crate) async fn mend(&mut self) {
        match &mut self.state {
            State::File(hold) => hold.take().unwrap().release().await,
            State::Proxy { through, .. } => through.lock().unwrap().cut = false,
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let State::Proxy { listener, .. } = &self.state {
            listener.abort();
        }
    }
}

/// The same URL, with the host and port of the proxy.
fn through_port(url: &str, port: u16) -> String {
    let options: PgConnectOptions = url.parse().unwrap();
    let (user, database) = (options.get_username(), options.get_database().unwrap());
    let password = url.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
    let login = password.map_or(user, |(login, _)| login);
    format!("postgres://{login}@127.0.0.1:{port}/{database}?sslmode=disable")
}

async fn listen(listener: TcpListener, url: String, through: Arc<Mutex<Through>>) {
    let server: PgConnectOptions = url.parse().unwrap();
    while let Ok((client, _)) = listener.accept().await {
        let mut state = through.lock().unwrap();
        if !state.cut {
            let server = server.clone();
            state.clients.push(tokio::spawn(async move {
                if let Some(folder) = server.get_socket() {
                    let socket = folder.join(format!(".s.PGSQL.{}", server.get_port()));
                    pump(client, UnixStream::connect(socket).await.unwrap()).await;
                } else {
                    let address = (server.get_host(), server.get_port());
                    pump(client, TcpStream::connect(address).await.unwrap()).await;
                }
            }));
        }
    }
}

/// Carries bytes both ways until one side is done.
async fn pump<S>(mut client: TcpStream, server: S)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut server = KeptOpen(Some(server));
    let _ = copy_bidirectional(&mut client, server.0.as_mut().unwrap()).await;
    server.0 = None;
}

/// The server's side of a connection. When the pump is stopped, this stays open as long as the
/// test, as it does in a network that fails without a word.
struct KeptOpen<S: Send + 'static>(Option<S>);

impl<S: Send + 'static> Drop for KeptOpen<S> {
    fn drop(&mut self) {
        if let Some(server) = self.0.take() {
            tokio::spawn(async move {
                let _open = server;
                std::future::pending::<()>().await;
            });
        }
    }
}
