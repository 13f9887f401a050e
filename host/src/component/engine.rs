//! The engine that all components of a process share.

use std::path::Path;
use std::thread;
use std::time::Duration;

use wasmtime::error::Context;
use wasmtime::{Cache, CacheConfig, Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

/// How exactly a deadline is kept. Each tick costs a wake-up of the process.
const TICK: Duration = Duration::from_millis(50);

/// Room for 64 nodes with [`MOST_INSTANCES`](super::limits::MOST_INSTANCES) each.
const INSTANCES: u32 = 1024;

/// A component is several core modules inside: its own, the adapters of its imports, and the tables that join them.
const CORES: u32 = 4;

/// An engine written in C that is compiled to WebAssembly has some ten thousand functions in its table.
const TABLE_ELEMENTS: usize = 100_000;

/// Builds the engine, and starts its clock. Compiled components are kept in `cache_dir`, which nobody else may write to: what lies
/// there is run.
pub fn engine(cache_dir: Option<&Path>) -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true).concurrency_support(false).cache(cache_dir.map(cache).transpose()?);
    let engine = Engine::new(config.allocation_strategy(pool()))
        // A machine that limits the address space has no room for the pool; without it only starting an instance is slower.
        .or_else(|_| Engine::new(config.allocation_strategy(InstanceAllocationStrategy::OnDemand)))?;
    tick(&engine).context("the clock of deadlines cannot be started")?;
    Ok(engine)
}

/// Wasmtime's own cache: the key is the content, the engine's version and its settings.
fn cache(folder: &Path) -> wasmtime::Result<Cache> {
    let folder = std::path::absolute(folder)?;
    let mut config = CacheConfig::new();
    config.with_directory(&folder);
    Cache::new(config).with_context(|| format!("components cannot be cached in {}", folder.display()))
}

/// Address space for all instances, taken once, so that starting one costs microseconds.
fn pool() -> InstanceAllocationStrategy {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(INSTANCES)
        .total_stacks(INSTANCES)
        .total_memories(2 * INSTANCES)
        .total_core_instances(CORES * INSTANCES)
        .total_tables(CORES * INSTANCES)
        .max_tables_per_module(4)
        .table_elements(TABLE_ELEMENTS);
    InstanceAllocationStrategy::Pooling(pool)
}

/// Advances the engine's epoch until it is gone.
fn tick(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    let ticking = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    };
    thread::Builder::new().name("epoch".to_owned()).spawn(ticking).map(drop)
}

/// A deadline in epochs. The first may begin at once, so it is one more than asked for.
pub fn epochs(deadline: Duration) -> u64 {
    let ticks = deadline.as_millis().div_ceil(TICK.as_millis());
    u64::try_from(ticks).unwrap_or(u64::MAX).saturating_add(1)
}
