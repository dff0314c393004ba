//! Signatures over the curves of a curve file: ECDSA over prime fields of 160 bits.
//!
//! The curves are the user's to bring, as the keys are. Time is not kept secret here: this is a
//! tool that signs its user's own files on its user's own machine.
//!
//! Sources: SEC 1, "Elliptic Curve Cryptography", 2.2.1 and 4.1; scetool, the comment on its
//! curve entries (order and sizes of the numbers, every byte of them inverted).

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use num_bigint::BigUint;
use sha1::Sha1;

/// Size of an entry of a curve file: p, a, b of 20 bytes, N of 21, G of 20 and 20.
const ENTRY: usize = 121;
/// Size of each half of a signature, and of a private key, in bytes.
pub(crate) const SCALAR: usize = 21;

/// A curve y² = x³ + ax + b over the numbers modulo p, with a point G of order N.
#[derive(Clone, PartialEq, Eq)]
pub struct Curve {
    p: BigUint,
    a: BigUint,
    b: BigUint,
    order: BigUint,
    generator: (BigUint, BigUint),
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The first half.
    pub r: [u8; SCALAR],
    /// The second half.
    pub s: [u8; SCALAR],
}

/// Why a curve or a key of it cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveError {
    /// There are not as many curves in the file.
    Missing(u8),
    /// The numbers are no curve with a point on it.
    Curve,
    /// The private key is zero or not below the order.
    PrivateKey,
}

/// A point, or the one at infinity.
type Point = Option<(BigUint, BigUint)>;

impl Curve {
    /// The curve with this number in a curve file.
    ///
    /// # Errors
    /// [`CurveError::Missing`], or [`CurveError::Curve`] where G is not on the curve.
    pub fn from_file(file: &[u8], number: u8) -> Result<Self, CurveError> {
        let entry = file
            .chunks_exact(ENTRY)
            .nth(number.into())
            .ok_or(CurveError::Missing(number))?;
        let plain: Vec<u8> = entry.iter().map(|byte| !byte).collect();
        let mut rest = &plain[..];
        let numbers = [20, 20, 20, 21, 20, 20].map(|size| {
            let (number, behind) = rest.split_at(size);
            rest = behind;
            BigUint::from_bytes_be(number)
        });
        let [p, a, b, order, x, y] = numbers;
        let curve = Self {
            p,
            a,
            b,
            order,
            generator: (x, y),
        };
        // The last one keeps the division by p, and the fields of a signature, in range.
        let is_sound = curve.p.bit(0)
            && curve.p.bits() > 1
            && curve.order.bits() > 1
            && curve.is_on(&curve.generator);
        is_sound.then_some(curve).ok_or(CurveError::Curve)
    }

    fn is_on(&self, (x, y): &(BigUint, BigUint)) -> bool {
        let right = (x * x * x + &self.a * x + &self.b) % &self.p;
        x < &self.p && y < &self.p && (y * y) % &self.p == right
    }

    /// Signs a SHA-1 with a private key. The same digest and key give the same signature.
    ///
    /// # Errors
    /// [`CurveError::PrivateKey`], or [`CurveError::Curve`] where the curve is not one.
    pub fn sign(&self, digest: &[u8; 20], private: &[u8; SCALAR]) -> Result<Signature, CurveError> {
        // A few attempts fail with a chance of one in 2¹⁶⁰ each; on a true curve none does.
        (0..8)
            .find_map(|attempt| {
                let k = self.secret(digest, private, attempt);
                self.sign_with(digest, private, &k).transpose()
            })
            .unwrap_or(Err(CurveError::Curve))
    }

    /// A number from 1 to N − 1 that only the holder of the key can know. SHA-1 gives three
    /// times as many bits as are needed, so that no value is likelier than another.
    fn secret(&self, digest: &[u8; 20], private: &[u8; SCALAR], attempt: u8) -> BigUint {
        let mut bytes = Vec::new();
        for part in 0..3 {
            let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(private)
                .expect("a key of any length is one");
            mac.update(digest);
            mac.update(&[attempt, part]);
            bytes.extend(mac.finalize().into_bytes());
        }
        BigUint::from_bytes_be(&bytes) % (&self.order - 1_u8) + 1_u8
    }

    fn sign_with(
        &self,
        digest: &[u8; 20],
        private: &[u8; SCALAR],
        k: &BigUint,
    ) -> Result<Option<Signature>, CurveError> {
        let zero = BigUint::ZERO;
        let private = BigUint::from_bytes_be(private);
        if private == zero || private >= self.order {
            return Err(CurveError::PrivateKey);
        }
        let point = self.multiply(k, &Some(self.generator.clone()))?;
        let r = point.map_or(zero.clone(), |(x, _)| x % &self.order);
        let inverse = k.modinv(&self.order).ok_or(CurveError::Curve)?;
        let e = BigUint::from_bytes_be(digest);
        let s = inverse * (e + &r * private) % &self.order;
        if r == zero || s == zero {
            return Ok(None);
        }
        Ok(Some(Signature {
            r: to_bytes(&r).ok_or(CurveError::Curve)?,
            s: to_bytes(&s).ok_or(CurveError::Curve)?,
        }))
    }

    /// Whether this is the signature of a SHA-1 by the holder of the key whose public half is
    /// `public`, 20 bytes for each coordinate.
    pub fn verifies(&self, digest: &[u8; 20], signature: &Signature, public: &[u8; 40]) -> bool {
        self.check(digest, signature, public).unwrap_or(false)
    }

    fn check(
        &self,
        digest: &[u8; 20],
        signature: &Signature,
        public: &[u8; 40],
    ) -> Result<bool, CurveError> {
        let (x, y) = public.split_at(20);
        let public = (BigUint::from_bytes_be(x), BigUint::from_bytes_be(y));
        let [r, s] = [&signature.r, &signature.s].map(|half| BigUint::from_bytes_be(half));
        let in_range = |half: &BigUint| *half != BigUint::ZERO && *half < self.order;
        if !self.is_on(&public) || !in_range(&r) || !in_range(&s) {
            return Ok(false);
        }
        let inverse = s.modinv(&self.order).ok_or(CurveError::Curve)?;
        let e = BigUint::from_bytes_be(digest);
        let first = self.multiply(&(e * &inverse % &self.order), &Some(self.generator.clone()))?;
        let second = self.multiply(&(&r * &inverse % &self.order), &Some(public))?;
        let sum = self.add(&first, &second)?;
        Ok(sum.is_some_and(|(x, _)| x % &self.order == r))
    }

    /// The public half of a private key.
    ///
    /// # Errors
    /// [`CurveError`] where one of them is none.
    pub fn public(&self, private: &[u8; SCALAR]) -> Result<[u8; 40], CurveError> {
        let private = BigUint::from_bytes_be(private);
        let point = self.multiply(&private, &Some(self.generator.clone()))?;
        let (x, y) = point.ok_or(CurveError::PrivateKey)?;
        let halves: [[u8; 20]; 2] = [
            to_bytes(&x).ok_or(CurveError::Curve)?,
            to_bytes(&y).ok_or(CurveError::Curve)?,
        ];
        Ok(std::array::from_fn(|i| halves[i / 20][i % 20]))
    }

    fn add(&self, a: &Point, b: &Point) -> Result<Point, CurveError> {
        let (Some((x1, y1)), Some((x2, y2))) = (a, b) else {
            return Ok(a.clone().or_else(|| b.clone()));
        };
        let p = &self.p;
        let (top, bottom) = if x1 != x2 {
            (y2 + p - y1, x2 + p - x1)
        } else if y1 == y2 && *y1 != BigUint::ZERO {
            (x1 * x1 * 3_u8 + &self.a, y1 * 2_u8)
        } else {
            return Ok(None);
        };
        // Without an inverse p is no prime.
        let slope = top * (bottom % p).modinv(p).ok_or(CurveError::Curve)? % p;
        let x = (&slope * &slope + p + p - x1 - x2) % p;
        let y = (slope * (x1 + p - &x) + p - y1) % p;
        Ok(Some((x, y)))
    }

    fn multiply(&self, factor: &BigUint, point: &Point) -> Result<Point, CurveError> {
        let mut sum = None;
        for bit in (0..factor.bits()).rev() {
            sum = self.add(&sum, &sum)?;
            if factor.bit(bit) {
                sum = self.add(&sum, point)?;
            }
        }
        Ok(sum)
    }
}

/// A number in a field of fixed size, if it fits.
fn to_bytes<const N: usize>(number: &BigUint) -> Option<[u8; N]> {
    let digits = number.to_bytes_be();
    let start = N.checked_sub(digits.len())?;
    let mut out = [0; N];
    out[start..].copy_from_slice(&digits);
    Some(out)
}

impl fmt::Debug for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Curve")
    }
}

impl fmt::Display for CurveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(number) => write!(f, "there is no curve {number}"),
            Self::Curve => f.write_str("the numbers are no curve with a point on it"),
            Self::PrivateKey => f.write_str("the private key is not below the curve's order"),
        }
    }
}

impl std::error::Error for CurveError {}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use sha1::Digest;

    fn number(digits: &str) -> BigUint {
        BigUint::parse_bytes(digits.as_bytes(), 16).unwrap()
    }

    /// A curve file with one curve: secp160r1 of SEC 2, 2.4.2.
    pub(crate) fn file() -> Vec<u8> {
        [
            "ffffffffffffffffffffffffffffffff7fffffff",
            "ffffffffffffffffffffffffffffffff7ffffffc",
            "1c97befc54bd7a8b65acf89f81d4d4adc565fa45",
            "0100000000000000000001f4c8f927aed3ca752257",
            "4a96b5688ef573284664698968c38bb913cbfc82",
            "23a628553168947d59dcc912042351377ac5fb32",
        ]
        .iter()
        .flat_map(|digits| {
            (0..digits.len() / 2).map(|i| !u8::from_str_radix(&digits[2 * i..][..2], 16).unwrap())
        })
        .collect()
    }

    fn curve() -> Curve {
        Curve::from_file(&file(), 0).unwrap()
    }

    /// GEC 2, "Test Vectors for SEC 1", 2.1.1 and 2.1.2: ECDSA with secp160r1 and SHA-1.
    #[test]
    fn the_published_signature_comes_out() {
        let private = to_bytes(&number("aa374ffc3ce144e6b073307972cb6d57b2a4e982")).unwrap();
        let k = number("7b012db7681a3f28b9185c8b2ac5d528decd52da");
        let digest: [u8; 20] = Sha1::digest(b"abc").into();
        let signature = curve().sign_with(&digest, &private, &k).unwrap().unwrap();
        let r = to_bytes(&number("ce2873e5be449563391feb47ddcba2dc16379191")).unwrap();
        let s = to_bytes(&number("3480ec1371a091a464b31ce47df0cb8aa2d98b54")).unwrap();
        assert_eq!(signature, Signature { r, s });
        let public = curve().public(&private).unwrap();
        let x = to_bytes::<20>(&number("51b4496fecc406ed0e75a24a3c03206251419dc0")).unwrap();
        let y = to_bytes::<20>(&number("c28dcb4b73a514b468d793894f381ccc1756aa6c")).unwrap();
        assert_eq!(public[..], [x, y].concat());
        assert!(curve().verifies(&digest, &signature, &public));
    }

    #[test]
    fn other_digests_keys_and_signatures_do_not_verify() {
        let curve = curve();
        let private = [5; SCALAR].map(|byte| byte & 0xf);
        let mut private = private;
        private[0] = 0;
        let digest = [7; 20];
        let signature = curve.sign(&digest, &private).unwrap();
        assert_eq!(curve.sign(&digest, &private), Ok(signature.clone()));
        let public = curve.public(&private).unwrap();
        assert!(curve.verifies(&digest, &signature, &public));
        assert!(!curve.verifies(&[8; 20], &signature, &public));
        for i in 0..SCALAR {
            let mut wrong = signature.clone();
            wrong.s[i] ^= 1;
            assert!(!curve.verifies(&digest, &wrong, &public));
        }
        let mut other = public;
        other[3] ^= 1;
        assert!(!curve.verifies(&digest, &signature, &other));
        private[0] = 9;
        assert_eq!(curve.sign(&digest, &private), Err(CurveError::PrivateKey));
        assert_eq!(
            curve.sign(&digest, &[0; SCALAR]),
            Err(CurveError::PrivateKey)
        );
    }

    #[test]
    fn damaged_curves_are_refused() {
        assert_eq!(Curve::from_file(&file(), 1), Err(CurveError::Missing(1)));
        assert_eq!(
            Curve::from_file(&file()[1..], 0),
            Err(CurveError::Missing(0))
        );
        for at in (0..60).chain(81..ENTRY) {
            let mut wrong = file();
            wrong[at] ^= 0x10;
            assert_eq!(
                Curve::from_file(&wrong, 0),
                Err(CurveError::Curve),
                "byte {at}"
            );
        }
        let mut wrong = file();
        wrong[..ENTRY].fill(0xff);
        assert_eq!(Curve::from_file(&wrong, 0), Err(CurveError::Curve));
    }
}
