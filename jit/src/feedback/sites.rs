//! What is known of instructions: by their offsets, in the order of the code, and in little room, as hot code
//! has some of it for each of its instructions.

/// Something for each of several offsets.
#[derive(Clone, Debug)]
pub struct Sites<T>(Vec<(u32, T)>);

impl<T> Default for Sites<T> {
    fn default() -> Sites<T> {
        Sites(Vec::new())
    }
}

impl<T> Sites<T> {
    fn place(&self, pc: u32) -> Result<usize, usize> {
        self.0.binary_search_by_key(&pc, |(at, _)| *at)
    }

    /// What is known of an instruction.
    pub fn get(&self, pc: u32) -> Option<&T> {
        self.place(pc).ok().map(|place| &self.0[place].1)
    }

    /// Whether something is known of an instruction.
    pub fn has(&self, pc: u32) -> bool {
        self.place(pc).is_ok()
    }

    /// Whether nothing is known of any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is known of an instruction, for more of it.
    pub fn at(&mut self, pc: u32) -> &mut T
    where
        T: Default,
    {
        let place = self.place(pc).unwrap_or_else(|place| {
            self.0.insert(place, (pc, T::default()));
            place
        });
        &mut self.0[place].1
    }

    /// Has this be what is known of an instruction.
    pub fn set(&mut self, pc: u32, value: T) {
        match self.place(pc) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (pc, value)),
        }
    }

    /// All of it, in the order of the code.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.0.iter().map(|(pc, value)| (*pc, value))
    }

    /// Takes no more room than it needs.
    pub fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_offset_has_its_own() {
        let mut sites = Sites::<u8>::default();
        assert!(sites.is_empty() && !sites.has(6));
        *sites.at(6) += 1;
        *sites.at(3) += 2;
        *sites.at(6) += 1;
        sites.set(0, 9);
        sites.set(3, 7);
        sites.shrink();
        assert_eq!(sites.iter().collect::<Vec<_>>(), [(0, &9), (3, &7), (6, &2)]);
        assert_eq!((sites.get(3), sites.get(4), sites.has(6)), (Some(&7), None, true));
    }
}
