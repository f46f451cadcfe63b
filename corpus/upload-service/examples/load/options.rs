//! The command line.

use std::time::Duration;

use lexopt::prelude::*;

pub const USAGE: &str = "\
cargo run --release --example load -- [OPTIONS]
  --rate N            uploads a second, on a fixed schedule (500)
  --closed            as many as are answered, in place of a schedule
  --seconds N         how long: with a rate, so many uploads in each run (0.5)
  --warmup N          seconds before that are not counted (0.1)
  --connections N     kept open all the time (32)
  --body BYTES        of one upload (65536)
  --frame BYTES       sent at once (8192)
  --digests N         a second, asked for beside the uploads and not counted (none)";

pub struct Options {
    /// None: closed loop.
    pub rate: Option<f64>,
    pub duration: Duration,
    pub warmup: Duration,
    pub connections: usize,
    pub body: usize,
    pub frame: usize,
    /// A second, beside the uploads.
    pub digests: Option<f64>,
}

impl Options {
    pub fn parse() -> Result<Self, lexopt::Error> {
        let mut options = Options {
            rate: Some(500.0),
            duration: Duration::from_millis(500),
            warmup: Duration::from_millis(100),
            connections: 32,
            body: 64 << 10,
            frame: 8 << 10,
            digests: None,
        };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("rate") => options.rate = Some(positive(&mut arguments)?),
                Long("closed") => options.rate = None,
                Long("seconds") => options.duration = seconds(&mut arguments)?,
                Long("warmup") => options.warmup = seconds(&mut arguments)?,
                Long("connections") => options.connections = arguments.value()?.parse()?,
                Long("body") => options.body = arguments.value()?.parse()?,
                Long("frame") => options.frame = arguments.value()?.parse()?,
                Long("digests") => options.digests = Some(positive(&mut arguments)?),
                Long("help") => {
                    println!("{USAGE}");
                    std::process::exit(0);
                }
                other => return Err(other.unexpected()),
            }
        }
        if options.connections == 0 || options.frame == 0 {
            return Err("--connections and --frame have to be above 0".into());
        }
        Ok(options)
    }
}

fn positive(arguments: &mut lexopt::Parser) -> Result<f64, lexopt::Error> {
    let number: f64 = arguments.value()?.parse()?;
    if number.is_finite() && number > 0.0 {
        Ok(number)
    } else {
        Err("--rate and --digests have to be above 0".into())
    }
}

fn seconds(arguments: &mut lexopt::Parser) -> Result<Duration, lexopt::Error> {
    let number: f64 = arguments.value()?.parse()?;
    Duration::try_from_secs_f64(number).map_err(|error| error.to_string().into())
}
