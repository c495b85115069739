//! What each exit leaves: its recipe, and the values that go into the buffer, for any backend.

use super::recipe::{Bound, ExitRecipe, FrameRecipe, InlinedRecipe, Local, Name, Receiver, Source};
use crate::error::CompileError;
use crate::hir::{
    ExitReason, FrameState, Function, Insn, Lacks, Operand, PC_IN_FRAME, Repr, SideExit, Stale, StateId,
    ValueId,
};
use rustc_hash::FxHashMap;

/// Words that an exit in the middle of inlined functions leaves at most, marks included: few enough to be
/// copied before their frames are made.
pub const MAX_WORDS_INLINED: usize = 512;

/// The exits of a function that have been asked for, by number.
#[derive(Default)]
pub struct Plan {
    recipes: Vec<ExitRecipe>,
    /// Each once.
    contents: Vec<Contents>,
    number_of: FxHashMap<Contents, usize>,
    /// Index of what each exit leaves, by number.
    left: Vec<usize>,
    known: FxHashMap<(StateId, ExitReason), usize>,
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

/// Words that an exit leaves at most whose frames are like that of the state and its callers, marks included,
/// whatever passes make of the function.
pub fn words_at_most(function: &Function, state: StateId) -> usize {
    let of_frame = |state: &FrameState| {
        let operands = state.operands.iter().map(|operand| operand.values().count()).sum::<usize>();
        let function = state.inlined.as_ref().map_or(0, |of| 1 + usize::from(of.instance.is_some()));
        function + state.locals.len() + operands + state.released.len()
    };
    let frames = function.frames(state).map(|state| of_frame(function.state(state)));
    frames.sum::<usize>() + mark_words(function)
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

    /// The bytecode of the frame that runs that an exit goes to.
    pub fn bytecode(&self, number: usize) -> Option<u32> {
        self.recipes.get(number).map(|recipe| recipe.outermost.pc).filter(|pc| *pc != PC_IN_FRAME)
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

/// What an exit hands over of its frames, outermost first: values, and whether their references are given up.
/// For each frame that is inlined its function, instance and locals, else the stale slots; then the operands,
/// what these are to be bound to, and what is released.
fn pieces(function: &Function, frames: &[&FrameState]) -> Result<Vec<Operand>, CompileError> {
    let mut pieces = Vec::new();
    for state in frames {
        match &state.inlined {
            None => {
                for stale in &state.stale {
                    let value = state.locals.get(stale.slot as usize);
                    let value = *value.ok_or_else(|| error(format!("there is no slot {stale:?}")))?;
                    pieces.push(Operand::new(value, false));
                }
            }
            Some(inlined) => {
                pieces.push(Operand::new(inlined.function, inlined.is_kept && inlined.owns_function));
                pieces.extend(inlined.instance.map(|instance| Operand::new(instance, true)));
                let locals = (0..).zip(&state.locals);
                pieces
                    .extend(locals.map(|(slot, value)| Operand::new(*value, inlined.owned.contains(&slot))));
            }
        }
        pieces.extend(state.operands.iter().map(|operand| Operand::new(operand.value, operand.owned)));
        for operand in &state.operands {
            pieces.extend(operand.receiver.map(|receiver| Operand::new(receiver, operand.owns_receiver)));
            pieces.extend(operand.class.map(|class| Operand::new(class, true)));
        }
        pieces.extend(state.released.iter().map(|value| Operand::new(*value, true)));
    }
    for piece in &mut pieces {
        piece.value = function.same_object(piece.value);
    }
    Ok(pieces)
}

/// Builds the recipe of an exit, and the values it wants in the buffer.
fn recipe(function: &Function, exit: SideExit) -> Result<(ExitRecipe, Vec<ValueId>), CompileError> {
    let mut frames: Vec<&FrameState> =
        function.frames(exit.state).map(|state| function.state(state)).collect();
    frames.reverse();
    let pieces = pieces(function, &frames)?;
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
    let most = match frames.len() {
        1 => usize::from(u16::MAX),
        _ => MAX_WORDS_INLINED - mark_words(function).min(MAX_WORDS_INLINED),
    };
    if words.len() > most {
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
    let mut locals = Vec::new();
    let mut names = Vec::new();
    let mut outermost = None;
    let mut inlined = Vec::new();
    for state in frames {
        if state.inlined.is_none() {
            for (stale, source) in state.stale.iter().zip(&mut sources) {
                let source = source?;
                match function.tracked_name(stale.slot) {
                    Some(name) => {
                        names.push(Name { name, source, bound: bound(function, stale, words.len()) });
                    }
                    None => {
                        locals.push(Local { slot: stale.slot, source, may_lack: stale.lacks != Lacks::No });
                    }
                }
            }
            outermost = Some(frame(state, &mut sources)?);
        } else if let Some(of) = &state.inlined {
            let is_kept = of.is_kept;
            let function = sources.next().ok_or_else(|| error("no function".to_string()))??;
            let instance = of.instance.and_then(|_| sources.next()).transpose()?;
            let locals = sources.by_ref().take(state.locals.len()).collect::<Result<_, _>>()?;
            let frame = frame(state, &mut sources)?;
            let levels = of.levels;
            inlined.push(InlinedRecipe { function, is_kept, levels, instance, locals, frame });
        }
    }
    let outermost = outermost.ok_or_else(|| error(format!("{:?}: no frame runs", exit.state)))?;
    let recipe = ExitRecipe {
        reason: exit.reason,
        locals: locals.into(),
        names: names.into(),
        outermost,
        inlined: inlined.into(),
    };
    Ok((recipe, words))
}

/// What is said of every frame.
fn frame(
    state: &FrameState,
    sources: &mut impl Iterator<Item = Result<Source, CompileError>>,
) -> Result<FrameRecipe, CompileError> {
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
    let released = sources.take(state.released.len()).collect::<Result<_, _>>()?;
    Ok(FrameRecipe {
        pc: state.pc,
        resume: state.resume,
        operands,
        receivers: receivers.into(),
        blocks: state.blocks.clone().into(),
        released,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hir::{Resume, Stage, parse, verify};

    /// A function whose exit is in the middle of two that are inlined.
    const CHAIN: &str = "f (f.py:1): 1 locals
inlined 0: g (f.py:5): 2 locals 3 operands
inlined 1: h: of (f.py:9): 1 locals 2 operands
entry 0: b0 at 0

b0():
    v0: object = LoadLocal 0
    v1: object = LoadStack 0
    v2: object = LoadStack 1
    v3: i64 = Int 7
    v4: f64 = Float 0.5
    v5: object = NewRef v0
    v6: object = LoadStack 2
    v7: object = LoadStack 3
    Exit type_guard s2
    s2 = Release 9 to 12 [] locals {0: v3} releasing [v7] inlined 1 of v6 kept from s1
    s1 = Call 12 of 1 to 15 [v4] locals {0: v2, 1: v5 owned} blocks [loop 40@0] inlined 0 of v1 from s0
    s0 = Call 3 of 2 to 6 [v1 owned, v2 owned] locals {0: v0}
";

    fn chain() -> Function {
        let function = parse(CHAIN).expect("the text is right");
        assert_eq!(function.to_string(), CHAIN);
        function
    }

    #[test]
    fn frames_are_listed_from_the_outermost() {
        let function = chain();
        assert_eq!(verify(&function, Stage::Built, true), Ok(()));
        let exit = function.terminator(function.entries[0].block).side_exit().expect("is an exit");
        let (recipe, words) = recipe(&function, exit).expect("fits");
        let at = |value: u32, owned: bool| {
            let index = words.iter().position(|word| *word == ValueId(value)).expect("is left") as u16;
            Source::Buffer { index, repr: Repr::Obj, owned }
        };
        assert!(words.len() <= words_at_most(&function, exit.state));
        assert_eq!(recipe.outermost.resume, Resume::Call { operands: 2, next: 6 });
        assert_eq!(recipe.outermost.operands, [at(1, true), at(2, true)]);
        let [middle, innermost] = &recipe.inlined[..] else { panic!("{recipe:?}") };
        assert_eq!((middle.function, middle.frame.pc), (at(1, false), 12));
        assert_eq!(middle.locals, [at(2, false), at(0, true)]);
        assert_eq!(middle.frame.operands, [Source::Float(0.5f64.to_bits())]);
        assert_eq!(middle.frame.blocks.len(), 1);
        assert_eq!((innermost.function, &innermost.locals[..]), (at(6, true), &[Source::Int(7)][..]));
        assert_eq!((&innermost.frame.released[..], recipe.innermost().pc), (&[at(7, true)][..], 9));
        assert!(!recipe.is_simple());
    }

    /// A function whose exit is in the middle of an `__init__` that an operation has called.
    const INSTANCE: &str = "f (f.py:1): 1 locals
inlined 0: __init__ (f.py:5): 1 locals 1 operands
entry 0: b0 at 0

b0():
    v0: object = LoadLocal 0
    v1: object = LoadStack 0
    v2: object = LoadStack 1
    v3: object = LoadStack 2
    Exit type_guard s1
    s1 = At 9 [] locals {0: v3} inlined 0 of v2 kept under 3 giving v3 from s0
    s0 = Operation 3 of 1 or 0x100 to 6 [v1 owned] locals {0: v0}
";

    #[test]
    fn instances_are_handed_over_beside_their_frames() {
        let function = parse(INSTANCE).expect("the text is right");
        assert_eq!(function.to_string(), INSTANCE);
        assert_eq!(verify(&function, Stage::Built, true), Ok(()));
        let exit = function.terminator(function.entries[0].block).side_exit().expect("is an exit");
        let (recipe, words) = recipe(&function, exit).expect("fits");
        assert!(words.len() <= words_at_most(&function, exit.state));
        assert_eq!(recipe.outermost.resume, Resume::Operation { operands: 1, declined: 0x100, next: 6 });
        let [frame] = &recipe.inlined[..] else { panic!("{recipe:?}") };
        let index = words.iter().position(|word| *word == ValueId(3)).expect("is left") as u16;
        let instance = |owned| Source::Buffer { index, repr: Repr::Obj, owned };
        assert_eq!((frame.levels, frame.instance), (3, Some(instance(true))));
        assert_eq!(frame.locals, [instance(false)]);

        let mut broken = function;
        broken.states[1].inlined.as_mut().expect("is inlined").instance = None;
        let rule = verify(&broken, Stage::Built, true).expect_err("is left over").to_string();
        assert!(rule.ends_with("v3 is left over: nobody releases it"), "{rule}");
    }

    #[test]
    fn frames_fit_their_code() {
        let broken = |change: fn(&mut Function)| {
            let mut function = chain();
            change(&mut function);
            verify(&function, Stage::Built, true).err().map(|error| error.to_string()).unwrap_or_default()
        };
        let says = |text: String, rule: &str| assert!(text.ends_with(rule), "{text}");
        says(broken(|f| f.states[1].locals.truncate(1)), "caller s1: 1 locals of 2");
        says(broken(|f| f.inlined[0].stack_size = 0), "caller s1: 1 operands of 0");
        says(broken(|f| f.states[0].resume = Resume::At), "caller s0: calls by no call");
        says(
            broken(|f| f.states[2].resume = Resume::Call { operands: 0, next: 0 }),
            "state s2: calls nobody",
        );
        says(broken(|f| f.states[0].resume = Resume::Call { operands: 3, next: 6 }), "takes 3 of 2 operands");
        says(broken(|f| f.states[2].pc = PC_IN_FRAME), "its instruction is not known");
        says(broken(|f| f.states[2].resume = Resume::At), "releases something");
        says(broken(|f| f.states[2].released.clear()), "v7 is left over: nobody releases it");
        says(
            broken(|f| f.states[1].inlined.as_mut().unwrap().owned.clear()),
            "v5 is left over: nobody releases it",
        );
        says(broken(|f| f.states[1].inlined.as_mut().unwrap().code = 7), "there is no inlined code 7");
    }
}
