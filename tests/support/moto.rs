//! A server that speaks S3 as Amazon's does.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use crate::host::until;
use crate::http::send;
use crate::real::moto;

/// A running server with one bucket, `people`.
pub struct Moto {
    address: String,
    child: Child,
}

impl Moto {
    pub fn start() -> Self {
        let program = moto();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdin(Stdio::null());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Self { address: format!("127.0.0.1:{port}"), child };
        until("the store answers", || {
            assert!(server.child.try_wait().unwrap().is_none(), "it ended");
            send(&server.address, "GET", "/moto-api/", &[], "").is_some()
        });
        assert_eq!(send(&server.address, "PUT", "/people", &[], "").unwrap().status, 200);
        server
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Puts an object there.
    pub fn put(&self, key: &str, bytes: impl AsRef<[u8]>) {
        assert_eq!(send(&self.address, "PUT", &format!("/people/{key}"), &[], bytes).unwrap().status, 200);
    }

    /// The keys there, sorted.
    pub fn keys(&self) -> Vec<String> {
        let listed = send(&self.address, "GET", "/people?list-type=2", &[], "").unwrap().body;
        let keys = listed.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
        keys.map(str::to_owned).collect()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
