//! Loads a running server and says what came of it. On a quiet machine:
//!
//! ```text
//! ulimit -n 40000
//! http_load 127.0.0.1:8787 KEY one   64 10         single decisions, 64 connections, 10 seconds, as fast as they go
//! http_load 127.0.0.1:8787 KEY one   64 10 6000    the same at 6,000 a second: latency from when each was due
//! http_load 127.0.0.1:8787 KEY batch  8 10         batches of 1,000 decisions
//! http_load 127.0.0.1:8787 KEY idle 10000 10       10,000 connections, all open at once, each asks once a second
//! ```
//! The key needs the scope `decisions`; the register is `examples/retailer`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a tool for measuring"
)]

use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What one connection saw.
#[derive(Default)]
struct Seen {
    nanos: Vec<u64>,
    failed: u64,
    first_failure: Option<String>,
}

fn question(person: usize) -> serde_json::Value {
    json!({
        "subject": { "type": "service", "id": "load" },
        "action": { "name": "use" },
        "resource": { "type": "data", "id": "reviews",
                      "properties": { "data_subject": format!("person-{person}"), "data_types": ["nickname"] } },
        "context": { "activity": "activity.app-review", "enforces": ["log"] }
    })
}

fn request(mode: &str, key: &str, person: usize) -> Vec<u8> {
    let (path, body) = match mode {
        "batch" => {
            let all: Vec<_> = (0..1000).map(|n| question(person * 1000 + n)).collect();
            ("/access/v1/evaluations", json!({ "evaluations": all }))
        }
        _ => ("/access/v1/evaluation", question(person)),
    };
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: load\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    (head + &body).into_bytes()
}

/// Reads one answer: its status, and what is left over in the buffer is dropped with it.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<u16> {
    buffer.clear();
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
            let status = head.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
            while buffer.len() < end + 4 + length {
                if stream.read_buf(buffer).await? == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
            }
            return Ok(status);
        }
        if stream.read_buf(buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// One connection until the end: as fast as it goes, or one request every `pace`.
async fn connection(
    address: String,
    bytes: Vec<u8>,
    end: Instant,
    pace: Option<Duration>,
    offset: Duration,
) -> Seen {
    let mut seen = Seen::default();
    let mut buffer = Vec::with_capacity(64 * 1024);
    let mut stream = match TcpStream::connect(&address).await {
        Ok(stream) => stream,
        Err(error) => return Seen { failed: 1, first_failure: Some(error.to_string()), ..seen },
    };
    let _ = stream.set_nodelay(true);
    let mut due = Instant::now() + offset;
    while Instant::now() < end {
        if let Some(pace) = pace {
            tokio::time::sleep_until(due.into()).await;
            due += pace;
        }
        // From when it was due: a server that stalls makes those wait that would have been sent.
        let began = pace.map_or_else(Instant::now, |pace| due - pace);
        let answered = match stream.write_all(&bytes).await {
            Ok(()) => answer(&mut stream, &mut buffer).await,
            Err(error) => Err(error),
        };
        match answered {
            Ok(200) => seen.nanos.push(u64::try_from(began.elapsed().as_nanos()).unwrap()),
            Ok(_) => {
                seen.failed += 1;
                seen.first_failure.get_or_insert_with(|| String::from_utf8_lossy(&buffer).into_owned());
            }
            Err(error) => {
                seen.failed += 1;
                seen.first_failure.get_or_insert_with(|| error.to_string());
                break;
            }
        }
    }
    seen
}

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, key, mode, connections, seconds, rest @ ..] = args.as_slice() else {
        println!("http_load ADDRESS KEY one|batch|idle CONNECTIONS SECONDS [RATE]");
        return;
    };
    let (connections, seconds): (u32, u64) = (connections.parse().unwrap(), seconds.parse().unwrap());
    let rate: Option<f64> = rest.first().map(|rate| rate.parse().unwrap());
    let rate = rate.or((mode == "idle").then_some(f64::from(connections)));
    let pace = rate.map(|rate| Duration::from_secs_f64(f64::from(connections) / rate));
    let (began, address) = (Instant::now(), Arc::new(address.clone()));
    let end = began + Duration::from_secs(seconds);
    let tasks: Vec<_> = (0..connections)
        .map(|number| {
            let bytes = request(mode, key, number as usize);
            let offset = pace.unwrap_or_default() * number / connections;
            tokio::spawn(connection(address.to_string(), bytes, end, pace, offset))
        })
        .collect();
    let mut all = Seen::default();
    for task in tasks {
        let seen = task.await.unwrap();
        all.nanos.extend(seen.nanos);
        all.failed += seen.failed;
        all.first_failure = all.first_failure.or(seen.first_failure);
    }
    let took = began.elapsed().as_secs_f64();
    all.nanos.sort_unstable();
    let at = |part: f64| {
        let place = (all.nanos.len() as f64 * part) as usize;
        all.nanos.get(place.min(all.nanos.len().saturating_sub(1))).map_or(0.0, |nanos| *nanos as f64 / 1e6)
    };
    let each = if mode == "batch" { 1000.0 } else { 1.0 };
    println!(
        "{mode}, {connections} connections: {:.0} decisions/s, p50 {:.2} ms, p99 {:.2} ms, most {:.2} ms, {} failed",
        all.nanos.len() as f64 * each / took,
        at(0.5),
        at(0.99),
        at(1.0),
        all.failed
    );
    if let Some(failure) = all.first_failure {
        println!("the first failure: {failure}");
    }
}
