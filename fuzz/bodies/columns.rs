//! Any bytes as a file of columns, as what it says of itself, or over a part of it.

use super::input;

/// A log of every type and in every packing that is read.
pub(crate) const LOG: &[u8] = include_bytes!("log.parquet");

/// The first two bytes say where the others lie over a log.
pub(crate) fn run(data: &[u8]) {
    input::run("parquet", data);
    let length = u32::try_from(data.len()).unwrap_or_default().to_le_bytes();
    input::run("parquet", &[b"PAR1", data, &length, b"PAR1"].concat());
    if let [high, low, over @ ..] = data {
        let at = usize::from(u16::from_be_bytes([*high, *low])) % LOG.len();
        let mut log = LOG.to_vec();
        for (byte, laid) in log.iter_mut().skip(at).zip(over.iter().take(usize::from(*low % 8) + 1)) {
            *byte = *laid;
        }
        input::run("parquet", &log);
    }
}
