//! On what was it measured?

/// The processor, how many of its cores there are for us, and the memory, as far as the system tells.
pub fn shape() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = line("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = line("/proc/meminfo", "MemTotal").and_then(|size| size.split(' ').next()?.parse::<u64>().ok());
    let memory = memory.map_or(String::new(), |kib| format!(", {:.0} GiB", kib as f64 / 1024.0 / 1024.0));
    format!("{cores} cores of {processor}{memory}, {}", std::env::consts::OS)
}

/// What stands behind the colon of the first line that begins so.
fn line(file: &str, beginning: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(beginning))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
