//! What each exit leaves: its recipe, and the values that go into the buffer, for any backend.

use super::recipe::{Bound, ExitRecipe, Local, Name, Receiver, Source};
use crate::error::CompileError;
use crate::hir::{
    ExitReason, Function, Insn, Lacks, Operand, PC_IN_FRAME, Repr, SideExit, Stale, StateId, ValueId,
};
use std::collections::HashMap;

/// The exits of a function that have been asked for, by number.
#[derive(Default)]
pub struct Plan {
    recipes: Vec<ExitRecipe>,
    /// Each once.
    contents: Vec<Contents>,
    number_of: HashMap<Contents, usize>,
    /// Index of what each exit leaves, by number.
    left: Vec<usize>,
    known: HashMap<(StateId, ExitReason), usize>,
}

/// What exits leave in the buffer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Contents {
    /// Values, one a word from the first on. A value that dominates two exits dominates their nearest common
    /// dominator as well, so that those with the same contents can share what stores them.
    pub words: Vec<ValueId>,
    /// The marks of the names follow.
    pub marks: bool,
}

impl Contents {
    /// 64-bit words that they take.
    pub fn size(&self, function: &Function) -> usize {
        self.words.len() + if self.marks { mark_words(function) } else { 0 }
    }
}

/// Words that the marks of a function's tracked names take, a byte each.
pub fn mark_words(function: &Function) -> usize {
    function.tracked.len().div_ceil(8)
}

impl Plan {
    /// The number of an exit, and whether it is asked for for the first time.
    pub fn number(&mut self, function: &Function, exit: SideExit) -> Result<(usize, bool), CompileError> {
        if let Some(&number) = self.known.get(&(exit.state, exit.reason)) {
            return Ok((number, false));
        }
        let (recipe, words) = recipe(function, exit)?;
        let marks = recipe.names.iter().any(|name| matches!(name.bound, Bound::Marked(_)));
        let number = self.recipes.len();
        self.known.insert((exit.state, exit.reason), number);
        self.recipes.push(recipe);
        let contents = &mut self.contents;
        let left = *self.number_of.entry(Contents { words, marks }).or_insert_with_key(|new| {
            contents.push(new.clone());
            contents.len() - 1
        });
        self.left.push(left);
        Ok((number, true))
    }

    /// The bytecode that an exit goes to.
    pub fn bytecode(&self, number: usize) -> Option<u32> {
        self.recipes.get(number).map(|recipe| recipe.pc).filter(|pc| *pc != PC_IN_FRAME)
    }

    /// Which of the [contents](Plan::contents) an exit leaves.
    pub fn left_by(&self, number: usize) -> usize {
        self.left[number]
    }

    /// What exits leave, each once.
    pub fn contents(&self) -> &[Contents] {
        &self.contents
    }

    /// Words that the buffer needs: one at least, for what a frame returns.
    pub fn buffer_words(&self, function: &Function) -> usize {
        self.contents.iter().map(|contents| contents.size(function)).max().unwrap_or(0).max(1)
    }

    /// The recipes, by number.
    pub fn into_recipes(self) -> Vec<ExitRecipe> {
        self.recipes
    }
}

fn error(text: String) -> CompileError {
    CompileError::Backend(text)
}

/// The source of a constant, which takes no word of the buffer.
fn constant(function: &Function, value: ValueId) -> Option<Source> {
    match *function.insn(value) {
        Insn::Object(address) => Some(Source::Object(address)),
        Insn::Int(value) => Some(Source::Int(value)),
        Insn::Float(bits) => Some(Source::Float(bits)),
        Insn::Bool(value) => Some(Source::Bool(value)),
        Insn::Null => Some(Source::Null),
        _ => None,
    }
}

/// What a stale name is bound to, when the marks follow so many words in the buffer.
fn bound(function: &Function, stale: &Stale, words: usize) -> Bound {
    match stale.lacks {
        Lacks::No => Bound::Current,
        Lacks::Yes => Bound::Former,
        Lacks::Told => Bound::Marked(words as u32 * 8 + stale.slot - function.locals),
    }
}

/// Builds the recipe of an exit, and the values it wants in the buffer.
fn recipe(function: &Function, exit: SideExit) -> Result<(ExitRecipe, Vec<ValueId>), CompileError> {
    let state = function.state(exit.state);
    let mut pieces = Vec::with_capacity(state.stale.len() + state.operands.len());
    for stale in &state.stale {
        let value = state.locals.get(stale.slot as usize);
        let value = *value.ok_or_else(|| error(format!("{:?}: no slot {stale:?}", exit.state)))?;
        pieces.push(Operand::new(function.same_object(value), false));
    }
    for operand in &state.operands {
        pieces.push(Operand::new(function.same_object(operand.value), operand.owned));
    }
    for value in state.operands.iter().flat_map(|operand| operand.values().skip(1)) {
        pieces.push(Operand::new(function.same_object(value), true));
    }
    let in_buffer = |piece: &Operand| match constant(function, piece.value) {
        // An owned reference to a constant is handed over as any other.
        Some(Source::Object(_)) => piece.owned,
        Some(_) => false,
        None => true,
    };
    let mut words: Vec<ValueId> =
        pieces.iter().filter(|piece| in_buffer(piece)).map(|piece| piece.value).collect();
    words.sort();
    words.dedup();
    if words.len() > usize::from(u16::MAX) {
        return Err(error("an exit leaves too many values".to_string()));
    }

    let mut sources = pieces.iter().map(|piece| {
        if let Some(source) = constant(function, piece.value).filter(|_| !in_buffer(piece)) {
            return Ok(source);
        }
        let repr = function.value(piece.value).repr;
        if matches!(repr, Repr::Status | Repr::None) {
            return Err(error(format!("{:?} holds {:?}, a {repr:?}", exit.state, piece.value)));
        }
        let index = words.partition_point(|&word| word < piece.value) as u16;
        Ok(Source::Buffer { index, repr, owned: piece.owned && repr == Repr::Obj })
    });
    let mut locals = Vec::with_capacity(state.stale.len());
    let mut names = Vec::new();
    for (stale, source) in state.stale.iter().zip(&mut sources) {
        let source = source?;
        match function.tracked_name(stale.slot) {
            Some(name) => names.push(Name { name, source, bound: bound(function, stale, words.len()) }),
            None => locals.push(Local { slot: stale.slot, source, may_lack: stale.lacks != Lacks::No }),
        }
    }
    let operands = sources.by_ref().take(state.operands.len()).collect::<Result<_, _>>()?;
    let mut receivers = Vec::new();
    for (operand, Operand { receiver, class, .. }) in (0..).zip(&state.operands) {
        if receiver.is_some()
            && let Some(object) = sources.next()
        {
            let class = class.and_then(|_| sources.next()).transpose()?;
            receivers.push(Receiver { operand, object: object?, class });
        }
    }
    let recipe = ExitRecipe {
        pc: state.pc,
        resume: state.resume,
        reason: exit.reason,
        locals,
        names,
        operands,
        receivers,
        blocks: state.blocks.clone(),
    };
    Ok((recipe, words))
}
