//! Receivers of webhooks that are well, slow, broken or gone.

use crate::platform::{ALL, notice};
use crate::site::Site;
use hegui_server::webhook_delivery;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What a receiver was sent, one text a request.
type Sent = Arc<Mutex<Vec<String>>>;

/// Answers each request with the next of these statuses, the last one for all that follow; 0 is silence.
async fn receiver(statuses: &'static [u16]) -> (String, Sent) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let sent = Sent::default();
    let kept = Arc::clone(&sent);
    tokio::spawn(async move {
        for turn in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = vec![0; 16 * 1024];
            let mut text = String::new();
            while !text.contains("\r\n\r\n{") {
                let read = stream.read(&mut bytes).await.unwrap();
                text.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
            kept.lock().unwrap().push(text);
            let status = statuses[usize::min(turn, statuses.len() - 1)];
            if status == 0 {
                std::mem::forget(stream);
                continue;
            }
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, sent)
}

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..400 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it did not come about in twenty seconds");
}

fn header<'a>(sent: &'a str, name: &str) -> &'a str {
    let line = sent.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {sent}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_well_is_told_and_who_is_not_holds_up_nobody() {
    let site = Site::retailer(&["default"]);
    let key = site.key(&site.administrator("default").await, ALL).await;
    let (well, told) = receiver(&[200]).await;
    let (silent, _) = receiver(&[0]).await;
    let (broken, tries) = receiver(&[500, 204]).await;
    let mut secret = Value::Null;
    for url in [&silent, &broken, &well, &"http://127.0.0.1:1/gone".to_owned()] {
        let named = site.post(&key, "/v1/webhooks", json!({ "url": url })).await.expect(201).json();
        secret = if url == &well { named["secret"].clone() } else { secret };
    }
    site.post(&key, "/v1/publications", notice()).await.expect(201);
    let tenant = site.app.tenants.values().next().unwrap();
    let delivering = tokio::spawn(webhook_delivery(site.app.clone(), Arc::clone(tenant)));
    until(async || told.lock().unwrap().len() == 1).await;
    let sent = told.lock().unwrap()[0].clone();
    let body = sent.split("\r\n\r\n").nth(1).unwrap();
    let (id, time) = (header(&sent, "webhook-id"), header(&sent, "webhook-timestamp"));
    let key_bytes =
        data_encoding::BASE64.decode(&secret.as_str().unwrap().as_bytes()["whsec_".len()..]).unwrap();
    let hmac = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key_bytes);
    let signature =
        data_encoding::BASE64.decode(&header(&sent, "webhook-signature").as_bytes()["v1,".len()..]);
    ring::hmac::verify(&hmac, format!("{id}.{time}.{body}").as_bytes(), &signature.unwrap()).unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["type"], &body["data"]["index"]), (&json!("published"), &json!(0)));

    // The broken one gets it again when its time has come, under the same id.
    until(async || tries.lock().unwrap().len() == 1).await;
    site.pass_seconds(6);
    until(async || tries.lock().unwrap().len() == 2).await;
    let ids: Vec<_> =
        tries.lock().unwrap().iter().map(|sent| header(sent, "webhook-id").to_owned()).collect();
    assert_eq!(ids[0], ids[1]);

    // Who is gone for good has its message with the dead letters, where it can be taken up again.
    let dead = async || site.get(&key, "/v1/webhooks/dead").await.expect(200).json()["items"].clone();
    until(async || {
        site.pass_seconds(60 * 60);
        !dead().await.as_array().unwrap().is_empty()
    })
    .await;
    let letter = dead().await[0].clone();
    assert!(letter["failure"].as_str().unwrap().len() > 5, "{letter}");
    let retry = format!("/v1/webhooks/dead/{}/retry", letter["id"].as_str().unwrap());
    site.post(&key, &retry, json!({})).await.expect(204);
    assert_eq!(told.lock().unwrap().len(), 1, "the one that is well was told once");
    delivering.abort();
}
