//! What was measured, as a person reads it.

use comfy_table::{CellAlignment, Table, presets};

use super::median;

/// A table whose first column has names and whose others have numbers.
pub fn table(headers: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(headers);
    table.add_rows(rows);
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    table
}

/// Turn for turn, how many times as much the first costs as the second: the median, then each.
pub fn ratio(first: &[f64], second: &[f64]) -> String {
    let ratios: Vec<f64> = first.iter().zip(second).map(|(first, second)| first / second).collect();
    let each: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
    format!("{:.2} ({})", median(ratios), each.join(" "))
}
