//! Random secrets and the tokens that carry them. Of a token's secret only the digest is kept: it has
//! 256 random bits, which no one guesses, so that a slow hash would protect nothing.

use crate::tenant::TenantName;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::rand::{SecureRandom, SystemRandom};
use subtle::ConstantTimeEq;

/// The system gives no random bytes.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness;

/// Random bytes.
///
/// # Errors
/// Where the system has none to give.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A random id of 96 bits, in hexadecimal digits.
///
/// # Errors
/// Where the system has no randomness.
pub fn new_id() -> Result<String, NoRandomness> {
    Ok(HEXLOWER.encode(&random::<12>()?))
}

/// What a caller shows: `hegui.TENANT.ID.SECRET`. It names its tenant, and nothing else in a request
/// does: no request can reach what belongs to another.
pub struct Token {
    /// Whose folder.
    pub tenant: TenantName,
    /// Which credential.
    pub id: String,
    secret: String,
}

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// Where the system has no randomness.
    pub fn new(tenant: TenantName) -> Result<Self, NoRandomness> {
        Ok(Self { tenant, id: new_id()?, secret: BASE64URL_NOPAD.encode(&random::<32>()?) })
    }

    /// Reads one; `None` where it has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("hegui.")?.split('.');
        let (tenant, id, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let fits = parts.next().is_none() && id.len() == 24 && secret.len() == 43;
        let tenant = TenantName::parse(tenant).ok()?;
        fits.then(|| Self { tenant, id: id.to_owned(), secret: secret.to_owned() })
    }

    /// What is kept of the secret.
    #[must_use]
    pub fn digest(&self) -> String {
        HEXLOWER.encode(ring::digest::digest(&ring::digest::SHA256, self.secret.as_bytes()).as_ref())
    }

    /// The whole of it, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("hegui.{}.{}.{}", self.tenant, self.id, self.secret)
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_nothing_else_is() {
        let token = Token::new(TenantName::parse("acme").unwrap()).unwrap();
        let text = token.reveal();
        assert_eq!(Token::parse(&text).unwrap().digest(), token.digest());
        let broken = [
            &text[1..],
            &text[..text.len() - 1],
            &text.replace("acme", "../acme"),
            "",
            "hegui....",
            "hegui.a.b.c.d",
        ];
        assert!(broken.iter().all(|text| Token::parse(text).is_none()));
    }
}
