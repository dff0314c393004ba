//! The seven numbers that fix a model's shape.

use core::fmt;

/// The shape of a model. Every checkpoint begins with these numbers, in this order.
///
/// A `Config` that came out of [`Checkpoint::parse`](crate::checkpoint::Checkpoint::parse) has
/// passed [`Config::validate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Length of the activation vector between layers.
    pub dim: usize,
    /// Length of the activation vector inside the feed-forward network.
    pub hidden_dim: usize,
    /// Number of transformer layers.
    pub n_layers: usize,
    /// Number of query heads; divides `dim`.
    pub n_heads: usize,
    /// Number of key and value heads; divides `n_heads`. Fewer than `n_heads` means
    /// grouped-query attention: neighbouring query heads share a key and value head.
    pub n_kv_heads: usize,
    /// Number of tokens in the vocabulary.
    pub vocab_size: usize,
    /// The longest context, in tokens.
    pub seq_len: usize,
}

/// From the seven numbers in the order in which the headers of llama2.c's files have them, which is
/// that of the fields.
impl From<[usize; 7]> for Config {
    fn from(numbers: [usize; 7]) -> Self {
        let [
            dim,
            hidden_dim,
            n_layers,
            n_heads,
            n_kv_heads,
            vocab_size,
            seq_len,
        ] = numbers;
        Config {
            dim,
            hidden_dim,
            n_layers,
            n_heads,
            n_kv_heads,
            vocab_size,
            seq_len,
        }
    }
}

impl Config {
    /// Length of one head's vector: `dim / n_heads`, always even.
    pub fn head_size(&self) -> usize {
        self.dim / self.n_heads
    }

    /// Length of the key vector, and of the value vector, of one position.
    pub fn kv_dim(&self) -> usize {
        self.head_size() * self.n_kv_heads
    }

    /// How many query heads share one key and value head.
    pub fn heads_per_kv_head(&self) -> usize {
        self.n_heads / self.n_kv_heads
    }

    /// Checks that the numbers describe a model that can be computed: none is zero, all fit the
    /// 31 bits that the file gives them, heads divide evenly and have an even size (the rotary
    /// embedding turns pairs).
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (field, value) in self.fields() {
            if value == 0 || value > i32::MAX as usize {
                return Err(ConfigError::OutOfRange {
                    field,
                    found: value as i64,
                });
            }
        }
        if !self.dim.is_multiple_of(self.n_heads) {
            return Err(ConfigError::NotDivisible {
                field: "dim",
                found: self.dim,
                by_field: "n_heads",
                by: self.n_heads,
            });
        }
        if !self.n_heads.is_multiple_of(self.n_kv_heads) {
            return Err(ConfigError::NotDivisible {
                field: "n_heads",
                found: self.n_heads,
                by_field: "n_kv_heads",
                by: self.n_kv_heads,
            });
        }
        if !self.head_size().is_multiple_of(2) {
            return Err(ConfigError::OddHeadSize {
                dim: self.dim,
                n_heads: self.n_heads,
            });
        }
        Ok(())
    }

    /// The fields with their names, in the order of the file.
    pub(crate) fn fields(&self) -> [(&'static str, usize); 7] {
        [
            ("dim", self.dim),
            ("hidden_dim", self.hidden_dim),
            ("n_layers", self.n_layers),
            ("n_heads", self.n_heads),
            ("n_kv_heads", self.n_kv_heads),
            ("vocab_size", self.vocab_size),
            ("seq_len", self.seq_len),
        ]
    }
}

/// Why a [`Config`] describes no model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// A number is not in 1 to 2³¹ − 1.
    OutOfRange {
        /// Name of the [`Config`] field.
        field: &'static str,
        /// What stands there.
        found: i64,
    },
    /// A number is no multiple of another one.
    NotDivisible {
        /// Name of the field that has to be the multiple.
        field: &'static str,
        /// Its value.
        found: usize,
        /// Name of the field that has to divide it.
        by_field: &'static str,
        /// Its value.
        by: usize,
    },
    /// `dim / n_heads` is odd, but the rotary embedding turns pairs.
    OddHeadSize {
        /// [`Config::dim`]
        dim: usize,
        /// [`Config::n_heads`]
        n_heads: usize,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::OutOfRange { field, found } => {
                write!(f, "{field} is {found}, expected 1 to {}", i32::MAX)
            }
            ConfigError::NotDivisible {
                field,
                found,
                by_field,
                by,
            } => write!(
                f,
                "{field} is {found}, expected a multiple of {by_field}, which is {by}"
            ),
            ConfigError::OddHeadSize { dim, n_heads } => write!(
                f,
                "dim / n_heads is {dim} / {n_heads} = {}, expected an even number",
                dim / n_heads
            ),
        }
    }
}

impl core::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    fn stories260k() -> Config {
        Config {
            dim: 64,
            hidden_dim: 172,
            n_layers: 5,
            n_heads: 8,
            n_kv_heads: 4,
            vocab_size: 512,
            seq_len: 512,
        }
    }

    #[test]
    fn derived_sizes_of_a_grouped_query_model() {
        let config = stories260k();
        assert_eq!(config.validate(), Ok(()));
        assert_eq!(config.head_size(), 8);
        assert_eq!(config.kv_dim(), 32);
        assert_eq!(config.heads_per_kv_head(), 2);
    }

    #[test]
    fn errors_name_field_found_and_expected() {
        let case = |change: fn(&mut Config)| {
            let mut config = stories260k();
            change(&mut config);
            config.validate().unwrap_err().to_string()
        };
        assert_eq!(
            case(|c| c.hidden_dim = 0),
            "hidden_dim is 0, expected 1 to 2147483647"
        );
        assert_eq!(
            case(|c| c.n_heads = 6),
            "dim is 64, expected a multiple of n_heads, which is 6"
        );
        assert_eq!(
            case(|c| c.n_kv_heads = 3),
            "n_heads is 8, expected a multiple of n_kv_heads, which is 3"
        );
        assert_eq!(
            case(|c| c.dim = 56),
            "dim / n_heads is 56 / 8 = 7, expected an even number"
        );
    }
}
