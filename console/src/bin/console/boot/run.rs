//! How a program is run, from the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use console::boot::{Limits, Speed, Traces};

/// How it runs, and what is told of it.
#[derive(Args)]
#[command(next_help_heading = "The run")]
pub struct RunArguments {
    /// As fast as the host can, or no faster than a console [default: free where it is headless,
    /// else real]
    #[arg(long)]
    speed: Option<Pace>,
    /// Most seconds of the program's own time [default: an hour where it is headless]
    #[arg(long, value_name = "SECONDS")]
    limit: Option<u64>,
    /// Seconds of the program's own time without a picture, while nothing runs, that are a hang
    /// [default: 10 where it is headless]
    #[arg(long, value_name = "SECONDS")]
    hang: Option<u64>,
    /// An ELF with the names of the program's functions, for reports [default: the program's own]
    #[arg(long, value_name = "FILE")]
    pub symbols: Option<PathBuf>,
    /// What is written down as it happens
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    trace: Vec<Trace>,
    /// The file for what is traced [default: standard error]
    #[arg(long, value_name = "FILE", requires = "trace")]
    pub trace_file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Pace {
    /// As fast as the host can
    Free,
    /// No faster than a console
    Real,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Trace {
    /// System calls and library functions
    Calls,
    /// Methods that the RSX executes
    Fifo,
    /// What SPUs read from and write to their channels, and so their DMA commands
    Spu,
}

impl RunArguments {
    /// What is traced.
    pub fn traces(&self) -> Traces {
        Traces {
            calls: self.trace.contains(&Trace::Calls),
            fifo: self.trace.contains(&Trace::Fifo),
            spu: self.trace.contains(&Trace::Spu),
        }
    }

    /// How long it may go on.
    pub fn limits(&self, headless: bool) -> Limits {
        // In a window it is up to the user.
        let default = match headless {
            true => Limits::default(),
            false => Limits::NONE,
        };
        Limits {
            seconds: self.limit.unwrap_or(default.seconds),
            hang: self.hang.unwrap_or(default.hang),
        }
    }

    /// How fast it goes.
    pub fn speed(&self, headless: bool) -> Speed {
        match (self.speed, headless) {
            (Some(Pace::Free), _) | (None, true) => Speed::Free,
            (Some(Pace::Real), _) | (None, false) => Speed::Real,
        }
    }
}
