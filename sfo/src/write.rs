//! From a table to a file.

use crate::{ENTRY, FORMAT_BYTES, FORMAT_INTEGER, FORMAT_TEXT, HEADER, MAGIC, Sfo, VERSION, Value};

impl Sfo {
    /// The file: header, index table, keys padded to 4 bytes, values padded to their room.
    pub fn to_bytes(&self) -> Vec<u8> {
        let keys_at = HEADER + self.len() * ENTRY;
        let mut index = Vec::new();
        let mut keys = Vec::new();
        let mut data = Vec::new();
        for (key, value) in self.iter() {
            let format = match value {
                Value::Text { .. } => FORMAT_TEXT,
                Value::Bytes { .. } => FORMAT_BYTES,
                Value::Integer(_) => FORMAT_INTEGER,
            };
            index.extend((keys.len() as u16).to_le_bytes());
            index.extend(format.to_le_bytes());
            index.extend((value.length() as u32).to_le_bytes());
            index.extend((value.room() as u32).to_le_bytes());
            index.extend((data.len() as u32).to_le_bytes());
            keys.extend(key.bytes());
            keys.push(0);
            let end = data.len() + value.room();
            match value {
                Value::Text { text, .. } => data.extend(text.bytes()),
                Value::Bytes { bytes, .. } => data.extend(bytes),
                Value::Integer(value) => data.extend(value.to_le_bytes()),
            }
            data.resize(end, 0);
        }
        keys.resize(keys.len().next_multiple_of(4), 0);

        let mut file = Vec::with_capacity(keys_at + keys.len() + data.len());
        file.extend(MAGIC);
        for word in [
            VERSION,
            keys_at as u32,
            (keys_at + keys.len()) as u32,
            self.len() as u32,
        ] {
            file.extend(word.to_le_bytes());
        }
        file.extend(index);
        file.extend(keys);
        file.extend(data);
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_of_the_format() {
        let mut sfo = Sfo::new();
        sfo.set("VERSION", Value::text("01.00", 8)).unwrap();
        sfo.set("BOOTABLE", Value::Integer(1)).unwrap();
        let expected: &[&[u8]] = &[
            b"\0PSF\x01\x01\0\0",
            b"\x34\0\0\0\x48\0\0\0\x02\0\0\0",
            b"\0\0\x04\x04\x04\0\0\0\x04\0\0\0\0\0\0\0",
            b"\x09\0\x04\x02\x06\0\0\0\x08\0\0\0\x04\0\0\0",
            b"BOOTABLE\0VERSION\0\0\0\0",
            b"\x01\0\0\0",
            b"01.00\0\0\0",
        ];
        assert_eq!(sfo.to_bytes(), expected.concat());
    }
}
