//! A file of which each thread reads what it likes, whatever the others do.

use std::fs::{File, Metadata};
use std::io::{self, Read};

/// An open file.
#[derive(Debug)]
pub(super) struct Positioned {
    file: File,
    /// Who reads where one must go to a place first.
    #[cfg(not(any(unix, windows)))]
    turn: std::sync::Mutex<()>,
}

impl Positioned {
    /// An open file.
    pub(super) fn new(file: File) -> Positioned {
        Positioned {
            file,
            #[cfg(not(any(unix, windows)))]
            turn: std::sync::Mutex::default(),
        }
    }

    /// What is known of it now.
    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    /// Reads from byte `at` on into a buffer, as far as the file goes: gives the number of bytes.
    pub(super) fn fill(&self, at: usize, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read_at((at + filled) as u64, &mut buffer[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Its first bytes, up to so many, for whoever reads one after the other.
    pub(super) fn start(&self, until: usize) -> impl Read {
        Onward { file: self, at: 0, until }
    }

    #[cfg(unix)]
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, at)
    }

    #[cfg(windows)]
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buffer, at)
    }

    #[cfg(not(any(unix, windows)))]
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        use std::io::{Seek, SeekFrom};
        let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut file = &self.file;
        file.seek(SeekFrom::Start(at))?;
        file.read(buffer)
    }
}

/// A file from a place on.
struct Onward<'f> {
    file: &'f Positioned,
    at: usize,
    until: usize,
}

impl Read for Onward<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(self.until - self.at);
        let count = self.file.read_at(self.at as u64, &mut buffer[..wanted])?;
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn places_are_read_in_any_order_and_the_start_is_that_of_the_file() {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(b"0123456789").expect("room");
        let file = Positioned::new(file);
        let read = |at, length| {
            let mut buffer = vec![0; length];
            let filled = file.fill(at, &mut buffer).expect("read");
            buffer[..filled].to_vec()
        };
        let mut start = String::new();
        let mut reader = file.start(8);
        reader.read_exact(&mut [0; 2]).expect("there");
        assert_eq!((read(7, 9), read(1, 2), read(12, 3)), (b"789".to_vec(), b"12".to_vec(), Vec::new()));
        reader.read_to_string(&mut start).expect("read");
        assert_eq!(start, "234567");
    }
}
