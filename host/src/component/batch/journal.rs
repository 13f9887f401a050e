//! The form in which a batch lies in a journal.

use crate::component::types::{Batch, Column, Packed};
use crate::component::validate;

impl Batch {
    /// The form in which it lies in a journal: a version, then each list as its length and its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes() + 8 * self.len() + 64);
        out.push(VERSION);
        put_packed(&mut out, &self.keys);
        put_packed(&mut out, &self.bodies);
        put_number(&mut out, self.columns.len());
        for column in &self.columns {
            put_bytes(&mut out, column.name.as_bytes());
            put_packed(&mut out, &column.values);
        }
        out
    }

    /// Reads what [`encode`](Self::encode) wrote. An error says what is wrong with it.
    pub fn decode(encoded: &[u8]) -> Result<Self, String> {
        let mut rest = match encoded.split_first() {
            Some((&VERSION, rest)) => rest,
            Some((version, _)) => return Err(format!("format {version} is not known to this release")),
            None => return Err("it is empty".to_owned()),
        };
        let keys = take_packed(&mut rest)?;
        let bodies = take_packed(&mut rest)?;
        let mut columns = Vec::new();
        for _ in 0..take_number(&mut rest)? {
            let name = String::from_utf8(take_bytes(&mut rest)?.to_vec()).map_err(|_| "a column's name is no text")?;
            columns.push(Column { name, values: take_packed(&mut rest)? });
        }
        let batch = Self { keys, bodies, columns };
        validate::batch(&batch, validate::Bodies::Trusted)?;
        match rest {
            [] => Ok(batch),
            more => Err(format!("{} bytes too many", more.len())),
        }
    }
}

/// The format of an encoded batch.
const VERSION: u8 = 1;

fn put_number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_packed(out: &mut Vec<u8>, packed: &Packed) {
    put_number(out, packed.ends.len());
    packed.ends.iter().for_each(|end| out.extend_from_slice(&end.to_le_bytes()));
    put_bytes(out, &packed.bytes);
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], String> {
    let (taken, left) = rest.split_at_checked(length).ok_or("it ends too early")?;
    *rest = left;
    Ok(taken)
}

fn take_number(rest: &mut &[u8]) -> Result<usize, String> {
    let bytes = take(rest, 4)?.first_chunk().copied().unwrap_or_default();
    Ok(u32::from_le_bytes(bytes) as usize)
}

fn take_bytes<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let length = take_number(rest)?;
    take(rest, length)
}

fn take_packed(rest: &mut &[u8]) -> Result<Packed, String> {
    let strings = take_number(rest)?;
    let ends = take(rest, strings.checked_mul(4).ok_or("it ends too early")?)?;
    let ends = ends.as_chunks().0.iter().map(|end| u32::from_le_bytes(*end)).collect();
    Ok(Packed { ends, bytes: take_bytes(rest)?.to_vec() })
}
