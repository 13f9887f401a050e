//! The real program, started on a pipeline file of a test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::time::Instant;

/// How long anything may take that a test waits for. Only a broken program ever waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder of a test's own with the pipeline file and the data of every run on it.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new(pipeline: &str) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.write("pipeline.yaml", pipeline);
        place.share_compiled();
        place
    }

    /// All tests share what is compiled of components: that takes longer than most of what they test.
    fn share_compiled(&self) {
        let (data, shared) = (self.path().join("data"), crate::components::beside("compiled"));
        std::fs::create_dir_all(&shared).unwrap();
        std::fs::create_dir(&data).unwrap();
        std::os::unix::fs::symlink(shared, data.join("components")).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_default()
    }

    /// Starts `brazeline run` here.
    pub fn run(&self) -> Host {
        self.start(&["run", "pipeline.yaml"])
    }

    /// Starts any command here.
    pub fn start(&self, arguments: &[&str]) -> Host {
        let mut command = Command::new(env!("CARGO_BIN_EXE_brazeline"));
        command.args(arguments).current_dir(self.path()).env("BRAZELINE_LOG", "info");
        command.env("BRAZE_API_KEY", API_KEY).env("LYTICS_API_TOKEN", API_TOKEN).env("TRIGGER_TOKEN", TRIGGER_TOKEN);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Host::started(command.spawn().unwrap())
    }

    /// Runs a command here to its end.
    pub fn brazeline(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).wait()
    }
}

/// The credentials of every test; none of them may appear in what the program says.
pub const API_KEY: &str = "b-key-5f1c0e7a";
pub const API_TOKEN: &str = "l-token-93ab77";
pub const TRIGGER_TOKEN: &str = "t-token-0c44d1";

/// A running program.
pub struct Host {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
    readers: Vec<JoinHandle<String>>,
}

/// What a program that ended said.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Host {
    fn started(mut child: Child) -> Self {
        let said = Arc::new(Mutex::new(Vec::new()));
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let log = Arc::clone(&said);
        let stdout = std::thread::spawn(move || std::io::read_to_string(out).unwrap_or_default());
        let stderr = std::thread::spawn(move || {
            let mut all = String::new();
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                log.lock().unwrap().push(line.clone());
                all.push_str(&line);
                all.push('\n');
            }
            all
        });
        Self { child, said, readers: vec![stdout, stderr] }
    }

    pub fn stdin(&mut self) -> std::process::ChildStdin {
        self.child.stdin.take().unwrap()
    }

    /// Waits until the log has a line with all of these words.
    pub fn says(&mut self, words: &[&str]) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            // Once its readers are done, all that it will ever say has been read.
            let ended = self.readers.iter().all(JoinHandle::is_finished);
            let is_it = |line: &&String| words.iter().all(|word| line.contains(word));
            if let Some(line) = self.said.lock().unwrap().iter().find(is_it) {
                return line.clone();
            }
            assert!(!ended && Instant::now() < until, "it never said {words:?}, but:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The address at which a source listens.
    pub fn address(&mut self, source: &str) -> String {
        let line = self.says(&["listening", &format!("source=\"{source}\"")]);
        let address = line.split("address=").nth(1).unwrap();
        address.split_whitespace().next().unwrap().to_owned()
    }

    pub fn log(&self) -> String {
        self.said.lock().unwrap().join("\n")
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// `kill -9`.
    pub fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.wait()
    }

    /// SIGTERM.
    pub fn terminate(self) -> Ended {
        self.signal(rustix::process::Signal::TERM);
        self.wait()
    }

    /// SIGHUP.
    pub fn hang_up(&self) {
        self.signal(rustix::process::Signal::HUP);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Ended {
        drop(self.child.stdin.take());
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it does not end; it said:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        };
        let mut read = std::mem::take(&mut self.readers).into_iter().map(|reader| reader.join().unwrap());
        let (stdout, stderr) = (read.next().unwrap(), read.next().unwrap());
        for secret in [API_KEY, API_TOKEN, TRIGGER_TOKEN] {
            assert!(!stderr.contains(secret) && !stdout.contains(secret), "a secret was printed:\n{stdout}\n{stderr}");
        }
        Ended { code: status.code(), stdout, stderr }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        let _ended = self.child.kill();
    }
}

/// Waits until something holds.
pub fn until(what: &str, holds: impl FnMut() -> bool) {
    until_within(PATIENCE, what, holds);
}

/// The same for what may take longer.
pub fn until_within(patience: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + patience;
    while !holds() {
        assert!(Instant::now() < end, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
