//! One-time codes from an authenticator app (TOTP, RFC 6238: SHA-1, 30 seconds, six digits, which is what
//! the apps understand). A code counts once: the step that it was taken for is kept.

use data_encoding::BASE32_NOPAD;
use ring::hmac;
use serde::{Deserialize, Serialize};

const STEP_SECONDS: i64 = 30;

/// An account's second factor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Totp {
    /// The shared secret, in base 32.
    secret: String,
    /// Whether a first code has shown that the app has it; before, none is asked for.
    pub confirmed: bool,
    /// The last step for which a code was taken.
    last_step: i64,
}

impl Totp {
    /// From 160 random bits.
    #[must_use]
    pub fn new(secret: [u8; 20]) -> Self {
        Self { secret: BASE32_NOPAD.encode(&secret), confirmed: false, last_step: i64::MIN }
    }

    /// What an authenticator app reads, mostly from a QR code.
    #[must_use]
    pub fn uri(&self, account: &str) -> String {
        let account: String = account.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("otpauth://totp/Hegui:{account}?secret={}&issuer=Hegui", self.secret)
    }

    /// Takes a code of this step, the one before or the one after, once. `now` is in seconds since 1970.
    pub fn take(&mut self, code: &str, now: i64) -> bool {
        let Ok(secret) = BASE32_NOPAD.decode(self.secret.as_bytes()) else { return false };
        let step = now.div_euclid(STEP_SECONDS);
        let matched = (step - 1..=step + 1)
            .filter(|step| *step > self.last_step)
            .find(|step| super::secret::same(&digits(&secret, *step), code));
        self.last_step = matched.unwrap_or(self.last_step);
        matched.is_some()
    }
}

/// The code of a step (RFC 4226, 5.3).
fn digits(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or(0) & 0xf);
    let four = bytes.get(offset..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_6238() {
        let secret = b"12345678901234567890";
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(digits(secret, time / STEP_SECONDS), code);
        }
    }

    #[test]
    fn a_code_counts_once_and_not_long() {
        let mut totp = Totp::new(*b"12345678901234567890");
        assert!(!totp.take("081804", 1_111_111_109 + 61));
        assert!(totp.take("081804", 1_111_111_109));
        assert!(!totp.take("081804", 1_111_111_109), "replayed");
    }
}
