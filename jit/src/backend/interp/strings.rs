//! Strings: their characters, of which there is one object each as long as they are plain.

use super::calls::call;
use super::machine::{Machine, Outcome, only_if};
use super::memory::item;
use crate::hir::{SideExit, Type};
use crate::host::StringLayout;

impl Machine<'_> {
    /// How strings are laid out.
    fn strings(&self) -> StringLayout {
        let Some(layout) = self.program.host.strings else { unreachable!("what needs it was refused") };
        layout
    }

    /// Whether only some texts have a byte for each character.
    pub fn has_forms_of_text(&self) -> bool {
        self.program.host.strings.is_some_and(|strings| strings.plain.is_some())
    }

    /// Whether a string has a byte for each character.
    fn is_plain(&self, kind: Type, string: u64) -> bool {
        kind == Type::STR
            && self
                .strings()
                .plain
                .is_none_or(|(flags, mask)| self.load_int(string, flags) as u32 & mask == mask)
    }

    /// `Insn::StringItem`.
    pub fn string_item(&self, kind: Type, string: u64, index: i64, exit: SideExit) -> Outcome<u64> {
        let layout = self.strings();
        let index = self.place_of_item(string, index, exit)?;
        if self.is_plain(kind, string) {
            return Ok(self.character(self.byte(string, index, layout.characters)));
        }
        let item = call(layout.item, &[string, index]);
        only_if(item != 0, exit)?;
        Ok(item)
    }

    /// `Insn::ByteItem`.
    pub fn byte_item(&self, bytes: u64, index: i64, exit: SideExit) -> Outcome<u64> {
        let index = self.place_of_item(bytes, index, exit)?;
        Ok(self.byte(bytes, index, self.strings().bytes))
    }

    fn byte(&self, string: u64, index: u64, offset: i32) -> u64 {
        self.load_byte(string.wrapping_add(index), offset).into()
    }

    /// `Insn::CodeOf`.
    pub fn code_of(&self, string: u64, exit: SideExit) -> Outcome<u64> {
        let layout = self.strings();
        if layout.plain.is_some() {
            let code = call(layout.code, &[string]);
            only_if(code as i64 >= 0, exit)?;
            return Ok(code);
        }
        only_if(self.load(string, self.program.host.layout.ob_size) == 1, exit)?;
        Ok(self.byte(string, 0, layout.characters))
    }

    /// `Insn::CharacterOf`.
    pub fn character_of(&self, code: i64, exit: SideExit) -> Outcome<u64> {
        only_if((0..256).contains(&code), exit)?;
        Ok(self.character(code as u64))
    }

    /// The string of one character that is shared; a new reference.
    fn character(&self, code: u64) -> u64 {
        self.new_ref(self.load(item(self.strings().table as u64, code), 0))
    }

    /// `Insn::StringEqual`.
    pub fn are_equal_strings(&self, a: u64, b: u64) -> bool {
        a == b || call(self.strings().equal, &[a, b]) != 0
    }
}
