//! The loop of a code object that most jumps backwards lead to.

/// A loop header, and by how many jumps it leads: those to other headers count a quarter, against it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeadingLoop {
    /// The offset of the header.
    pub header: u32,
    /// Jumps to it, each as often as its loop has [bulk](super::heat::bulk), less a quarter of all the
    /// others.
    pub lead: u32,
}

impl LeadingLoop {
    /// There were no jumps yet.
    pub const NONE: LeadingLoop = LeadingLoop { header: 0, lead: 0 };

    /// After so many jumps more to a header.
    #[must_use]
    pub fn after(self, header: u32, jumps: u32) -> LeadingLoop {
        match self.lead.checked_sub(jumps / 4) {
            _ if self.header == header => LeadingLoop { lead: self.lead.saturating_add(jumps), ..self },
            Some(lead) => LeadingLoop { lead, ..self },
            None => LeadingLoop { header, lead: jumps },
        }
    }

    /// By how many jumps a header leads, if it does.
    pub fn lead_of(self, header: u32) -> u32 {
        if self.header == header { self.lead } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_with_most_jumps_leads() {
        let mut found = LeadingLoop::NONE.after(8, 100).after(8, 100);
        assert_eq!((found.lead_of(8), found.lead_of(30)), (200, 0));
        found = found.after(30, 400);
        assert_eq!(found, LeadingLoop { header: 8, lead: 100 });
        found = found.after(30, 401);
        assert_eq!(found, LeadingLoop { header: 8, lead: 0 });
        found = found.after(30, 4);
        assert_eq!(found, LeadingLoop { header: 30, lead: 4 });
    }

    #[test]
    fn a_lead_stays_within_bounds() {
        let most = LeadingLoop { header: 8, lead: u32::MAX };
        assert_eq!(most.after(8, 9), most);
    }
}
