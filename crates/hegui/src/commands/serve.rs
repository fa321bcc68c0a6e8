//! `hegui serve`: the platform, until it is told to stop.

use crate::cli::Serve;
use crate::output;
use anyhow::{Context, Result};
use hegui_server::{Config, Server};
use std::fmt::Write;
use std::sync::Arc;

/// Serves a data folder.
pub fn serve(args: &Serve) -> Result<u8> {
    std::fs::create_dir_all(&args.data).with_context(|| args.data.display().to_string())?;
    hegui_server::log_to_stderr(&args.log)?;
    let mut config = Config::of_folder(&args.data)?;
    config.listen = args.listen.unwrap_or(config.listen);
    let clock = Arc::new(|| jiff::Timestamp::now().as_millisecond());
    hegui_server::serve(config, clock, |server| {
        // A terminal that has gone away is no reason not to serve.
        drop(output::write(None, &greeting(server)?));
        Ok(())
    })?;
    Ok(0)
}

/// What is said at the start: where it listens, and how to begin.
fn greeting(server: &Server) -> Result<String, hegui_server::tenant::TenantError> {
    let url = server.url();
    let mut text = format!("合规 hegui · {url}\n  接口 API            {url}/api\n");
    for (tenant, key) in server.first_keys()? {
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n租户 tenant `{tenant}` 尚无管理员。下面的密钥只显示这一次，一天内有效：\n\
             has no administrator yet. This key is shown once and is valid for a day:\n\n  \
             curl {url}/v1/setup -H 'Authorization: Bearer {key}' \\\n    \
             -H 'Content-Type: application/json' -d '{{\"name\":\"admin\",\"password\":\"…\"}}'\n"
        );
    }
    Ok(text)
}
