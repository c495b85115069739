//! The status of the JIT as a text: of this process, or of another.

use crate::config::peer::{Peer, Unknown};
use crate::config::settings::{self, Glance};
use crate::state::{Phase, codes};
use crate::stats::{self, Totals};

/// What there is to say.
pub struct Summary {
    settings: Glance,
    /// Code objects by phase.
    phases: [u64; Phase::ALL.len()],
    totals: Totals,
}

impl Summary {
    /// Of this process.
    pub fn here() -> Summary {
        Summary {
            settings: settings::glance(),
            phases: Phase::ALL.map(|phase| codes().count_in(phase)),
            totals: stats::counters().totals(),
        }
    }

    /// Of another one.
    pub fn there(peer: &Peer) -> Result<Summary, Unknown> {
        Ok(Summary {
            settings: settings::glance_at(peer)?,
            phases: codes().phases_of(peer)?,
            totals: stats::counters().totals_of(peer)?,
        })
    }

    /// For people.
    pub fn text(&self) -> String {
        let Summary { settings, phases, totals } = self;
        let state = match (&settings.stopped, settings.is_enabled) {
            (Some(reason), _) => format!("stopped: {reason}"),
            (None, true) => "on".to_owned(),
            (None, false) => "off".to_owned(),
        };
        let phases: Vec<String> =
            Phase::ALL.iter().zip(phases).map(|(phase, count)| format!("{count} {}", phase.name())).collect();
        format!(
            "JIT: {state}\n\
             threshold: {}\n\
             code objects: {}\n\
             compilations: {} succeeded, {} failed\n\
             machine code: {} bytes\n",
            settings.threshold,
            phases.join(", "),
            totals.compilations,
            totals.failures,
            totals.code_bytes,
        )
    }
}
