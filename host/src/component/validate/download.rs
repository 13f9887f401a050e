//! Is what a component wants fetched a file at an address?
//!
//! Whether anything may be fetched from there is not decided here.

use http::Uri;

use super::Checked;
use crate::component::types::Download;

/// Longer than any address that carries a signature.
const ADDRESS_BYTES: usize = 8 * 1024;
/// A name may be so long: others are made of it by adding to it.
const NAME_BYTES: usize = 128;

/// A file to fetch.
pub fn download(download: &Download) -> Checked {
    let Download { address, name, .. } = download;
    if address.len() > ADDRESS_BYTES {
        return Err(format!("the address of a file has {} bytes; at most {ADDRESS_BYTES} are allowed", address.len()));
    }
    // The address itself is not repeated: whoever knows it may fetch the file.
    if !address.parse::<Uri>().is_ok_and(|uri| uri.scheme().is_some() && uri.authority().is_some()) {
        return Err("the address of a file is none".to_owned());
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > NAME_BYTES || name.starts_with('.') || !name.bytes().all(is_plain) {
        return Err(format!(
            "the name of a file must be 1 to {NAME_BYTES} letters, digits, `-`, `_` and `.`, with no `.` in front"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_to_fetch() {
        let (address, name) = (Err("the address of a file is none".to_owned()), "a".repeat(NAME_BYTES + 1));
        let named =
            Err("the name of a file must be 1 to 128 letters, digits, `-`, `_` and `.`, with no `.` in front"
                .to_owned());
        let long = format!("https://x/{}", "a".repeat(ADDRESS_BYTES));
        let table = [
            ("https://x.example/a%2Fb?c=%20", "seg-1_2.zip", Ok(())),
            ("/a", "a", address.clone()),
            ("x.example", "a", address.clone()),
            ("https://x y/", "a", address.clone()),
            ("", "a", address),
            (&long, "a", Err("the address of a file has 8202 bytes; at most 8192 are allowed".to_owned())),
            ("https://x/", "", named.clone()),
            ("https://x/", "../a", named.clone()),
            ("https://x/", ".a", named.clone()),
            ("https://x/", "a/b", named.clone()),
            ("https://x/", "ä", named.clone()),
            ("https://x/", &name, named),
        ];
        for (address, name, expected) in table {
            let wanted = Download { address: address.to_owned(), name: name.to_owned(), as_of_ms: 0 };
            assert_eq!(download(&wanted), expected, "{address} {name}");
        }
    }
}
