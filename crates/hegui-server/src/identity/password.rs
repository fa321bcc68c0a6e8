//! Passwords, hashed with argon2id in the parameters that the crate recommends (19 MiB, two passes).

use super::secret::random;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use std::sync::LazyLock;

/// The fewest characters that a password may have.
pub const SHORTEST: usize = 12;
/// The most bytes: longer ones only cost time.
pub const LONGEST: usize = 256;

/// A password that will not do.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has at least {SHORTEST} characters and at most {LONGEST} bytes")]
    Length,
    /// It could not be hashed.
    #[error("the password could not be hashed")]
    Hash,
}

/// The hash to be kept. Takes tens of milliseconds.
///
/// # Errors
/// Where the password is too short or too long, or the system has no randomness.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        return Err(PasswordError::Length);
    }
    let salt = random::<16>().map_err(|_| PasswordError::Hash)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordError::Hash)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|_| PasswordError::Hash)?.to_string())
}

/// Whether the password is the one of the hash. Takes as long for an account that does not exist
/// (`None`), so that its absence does not show.
#[must_use]
pub fn verify(password: &str, kept: Option<&str>) -> bool {
    static NOBODYS: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());
    let Ok(parsed) = PasswordHash::new(kept.unwrap_or(&NOBODYS)) else { return false };
    password.len() <= LONGEST
        && Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
        && kept.is_some()
}
