//! Signatures of Standard Webhooks, `v1`: HMAC-SHA256 over id, time and body.

use data_encoding::BASE64;
use ring::hmac;

/// A receiver's secret: `whsec_` and base 64.
#[must_use]
pub fn secret_of(bytes: &[u8; 32]) -> String {
    format!("whsec_{}", BASE64.encode(bytes))
}

/// The value of the header `webhook-signature`; `None` where the secret has another form.
#[must_use]
pub fn sign(secret: &str, id: &str, seconds: i64, body: &str) -> Option<String> {
    let key = BASE64.decode(secret.strip_prefix("whsec_")?.as_bytes()).ok()?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let tag = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64.encode(tag.as_ref())))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_of_the_specification() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let body = r#"{"test": 2432232314}"#;
        let signed = super::sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
