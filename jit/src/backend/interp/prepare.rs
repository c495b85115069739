//! Makes a program of a function, or refuses one that its evaluation could not say the meaning of.

use super::Result;
use super::calls::MOST_ARGUMENTS;
use super::claims::Kinds;
use super::compact::Compaction;
use super::pool::Pool;
use super::program::{Left, Program, Yield};
use crate::backend::BackendOptions;
use crate::bytecode::{BinaryOp, CompareOp};
use crate::error::CompileError;
use crate::exit::{ExitRecipe, Plan, mark_words, without_exit};
use crate::hir::{
    AttributeSite, ExitReason, Function, Helper, Insn, Repr, Seen, SideExit, StateId, Type, ValueId,
};
use crate::host::{Host, IntLayout};
use std::collections::HashMap;

/// A program, and what is told of it.
pub(super) struct Prepared {
    pub program: Program,
    /// By number.
    pub exits: Vec<ExitRecipe>,
    /// Words that the exit buffer needs.
    pub buffer_words: usize,
}

/// Makes a program of a function.
pub(super) fn prepare(function: &Function, host: &Host, options: &BackendOptions) -> Result<Prepared> {
    if function.entries.is_empty() {
        return Err(refused("a function without entries"));
    }
    let mut preparation = Preparation {
        function,
        host,
        options,
        plan: Plan::default(),
        made: function.values.iter().map(|value| constant(&value.insn).is_some()).collect(),
        left: HashMap::new(),
        yields: HashMap::new(),
    };
    preparation.blocks()?;
    let Preparation { plan, left: exits, yields, .. } = preparation;
    let buffer_words = plan.buffer_words(function);

    let turn = |insn: &Insn| match insn {
        Insn::CheckValid(exit) => {
            Some((exit.state, host.periodic.noted_at(function.states.get(exit.state.index())?)?))
        }
        _ => None,
    };
    let turns = function.values.iter().filter_map(|value| turn(&value.insn)).collect();
    let mut compaction = Compaction::new(function);
    let mut contents = plan.contents().to_vec();
    contents.iter_mut().for_each(|contents| compaction.contents(contents));
    let yields = compaction.yields(yields);
    let (function, originals) = compaction.finish();

    let mut words: Vec<u64> =
        function.values.iter().map(|value| constant(&value.insn).unwrap_or(0)).collect();
    let marks = (words.len(), mark_words(&function));
    let arguments = words.len() + marks.1;
    let most = function.blocks.iter().map(|block| block.params.len()).max().unwrap_or(0);
    words.resize(arguments + most, 0);
    let program = Program {
        function,
        originals,
        host: host.clone(),
        free_numbers: (host.free_numbers)(),
        free_tuples: (host.free_tuples)(),
        valid_flag: options.valid_flag,
        ticket: options.ticket,
        bytecode_counter: options.bytecode_counter,
        exits,
        contents,
        yields,
        turns,
        kinds: Kinds::of(host),
        pool: Pool::new(words),
        marks,
        arguments,
    };
    Ok(Prepared { program, exits: plan.into_recipes(), buffer_words })
}

/// Nothing, or why something means nothing here.
type Meaning = std::result::Result<(), String>;

fn refused(why: impl ToString) -> CompileError {
    CompileError::Backend(why.to_string())
}

/// The word of a constant.
fn constant(insn: &Insn) -> Option<u64> {
    match *insn {
        Insn::Object(address) => Some(address as u64),
        Insn::Int(number) => Some(number as u64),
        Insn::Float(bits) => Some(bits),
        Insn::Bool(truth) => Some(truth.into()),
        Insn::Null => Some(0),
        _ => None,
    }
}

struct Preparation<'a> {
    function: &'a Function,
    host: &'a Host,
    options: &'a BackendOptions,
    plan: Plan,
    /// Values that are there by now.
    made: Vec<bool>,
    left: HashMap<(StateId, ExitReason), Left>,
    yields: HashMap<ValueId, Yield>,
}

impl Preparation<'_> {
    fn blocks(&mut self) -> Result<()> {
        let function = self.function;
        let order = function.reverse_postorder();
        for &block in &order {
            for parameter in &function.block(block).params {
                self.made[parameter.index()] = true;
            }
        }
        for &block in &order {
            for &id in &function.block(block).insns {
                let insn = function.insn(id);
                self.operands(insn)?;
                self.meaning(insn).map_err(|why| refused(format!("{id:?}: {why}")))?;
                self.exits(id)?;
                self.made[id.index()] = true;
            }
        }
        Ok(())
    }

    fn is_made(&self, value: ValueId) -> Result<()> {
        match self.made.get(value.index()) {
            Some(true) => Ok(()),
            Some(false) | None => Err(refused(format!("{value:?} is used before it is made"))),
        }
    }

    fn operands(&self, insn: &Insn) -> Result<()> {
        let mut made = Ok(());
        insn.each_use(|value, _| {
            if made.is_ok() {
                made = self.is_made(value);
            }
        });
        made
    }

    /// Plans the exits that an instruction can take.
    fn exits(&mut self, id: ValueId) -> Result<()> {
        let function = self.function;
        let insn = function.insn(id);
        let Some(exit) = insn.side_exit() else { return Ok(()) };
        match insn {
            Insn::GuardType(object, kind, _) if function.value(*object).ty.is_subset(*kind) => Ok(()),
            Insn::CheckValid(_) if self.options.valid_flag == 0 => Ok(()),
            Insn::IntBinary { seen: Seen::Object | Seen::BesideOperand, .. } | Insn::ArrayStore { .. } => {
                self.plan(exit)?;
                self.plan(SideExit { reason: ExitReason::RareOperand, ..exit })
            }
            Insn::Exit(_) => {
                let layout = self.host.suspension;
                let Some((layout, suspension)) = layout.zip(without_exit(function, exit)) else {
                    return self.plan(exit);
                };
                let blocks = function.state(exit.state).blocks.iter().map(layout.block).collect();
                self.yields.insert(id, Yield { suspension, blocks });
                Ok(())
            }
            _ => self.plan(exit),
        }
    }

    fn plan(&mut self, exit: SideExit) -> Result<()> {
        let (number, _) = self.plan.number(self.function, exit)?;
        let contents = self.plan.left_by(number);
        self.plan.contents()[contents].words.iter().try_for_each(|word| self.is_made(*word))?;
        let left = Left { number: number as u32, contents: contents as u32 };
        self.left.insert((exit.state, exit.reason), left);
        Ok(())
    }

    /// Whether an instruction means something for this function and this host.
    fn meaning(&self, insn: &Insn) -> Meaning {
        match insn {
            Insn::Param => Err("a parameter among instructions".to_owned()),
            Insn::SetLocal { .. } => Err("SetLocal in final form".to_owned()),

            Insn::FillLocal { value, .. } | Insn::Box(value) => self.is_number(*value),
            Insn::MarkName { slot, .. } => self.is_name(*slot),
            Insn::FillName { slot, value } => {
                self.is_name(*slot)?;
                self.is_number(*value)?;
                self.has_helper(Helper::SetName)
            }

            Insn::GuardType(object, kind, _) => self.is_told(*object, *kind),
            Insn::HasType(_, kind) => wanted((self.host.types)(*kind) != 0, "the type that is asked for"),
            Insn::GuardNative { is_method, .. } => {
                let natives = self.host.natives;
                let ty = if *is_method { natives.descriptor } else { (self.host.types)(Type::CFUNCTION) };
                wanted(ty != 0, "the type of what is called")
            }
            Insn::GuardCode { .. }
            | Insn::GuardGlobals(..)
            | Insn::GuardDefaults { .. }
            | Insn::Default { .. }
            | Insn::CheckCalls { .. } => wanted(self.host.calls.is_some(), "what calls go by"),

            Insn::IntBinary { op, .. } => match op {
                BinaryOp::TrueDiv | BinaryOp::Pow | BinaryOp::MatMul => Err(format!("{op:?} of ints")),
                BinaryOp::Add
                | BinaryOp::Sub
                | BinaryOp::Mul
                | BinaryOp::FloorDiv
                | BinaryOp::ClassicDiv
                | BinaryOp::Mod
                | BinaryOp::LShift
                | BinaryOp::RShift
                | BinaryOp::And
                | BinaryOp::Or
                | BinaryOp::Xor => Ok(()),
            },
            Insn::FloatBinary { op, .. } => match op {
                BinaryOp::Add
                | BinaryOp::Sub
                | BinaryOp::Mul
                | BinaryOp::TrueDiv
                | BinaryOp::ClassicDiv
                | BinaryOp::FloorDiv
                | BinaryOp::Mod
                | BinaryOp::Pow => Ok(()),
                BinaryOp::LShift
                | BinaryOp::RShift
                | BinaryOp::And
                | BinaryOp::Or
                | BinaryOp::Xor
                | BinaryOp::MatMul => Err(format!("{op:?} of floats")),
            },
            Insn::IntCompare(op, ..) | Insn::FloatCompare(op, ..) => match op {
                CompareOp::Lt
                | CompareOp::Le
                | CompareOp::Eq
                | CompareOp::Ne
                | CompareOp::Gt
                | CompareOp::Ge => Ok(()),
                CompareOp::In
                | CompareOp::NotIn
                | CompareOp::Is
                | CompareOp::IsNot
                | CompareOp::ExcMatch
                | CompareOp::Bad => Err(format!("{op:?} of numbers")),
            },

            Insn::IterHasNext(_, kind) => {
                is_one_of(*kind, &[Type::LIST_ITER, Type::TUPLE_ITER, Type::RANGE_ITER])
            }
            Insn::IterTake(_, kind) => is_one_of(*kind, &[Type::LIST_ITER, Type::TUPLE_ITER]),
            Insn::GuardArray(_, element, _) => {
                let layout = (self.host.arrays)();
                let is_known = layout.is_some_and(|layout| layout.descriptors[*element as usize] != 0);
                wanted(is_known, "how arrays are laid out")
            }
            Insn::ArrayLoad { .. } => wanted((self.host.arrays)().is_some(), "how arrays are laid out"),
            Insn::ArrayStore { element, value, .. } => {
                if self.function.value(*value).repr != element.repr() {
                    return Err(format!("{value:?} is no item of an array of {}", element.name()));
                }
                wanted((self.host.arrays)().is_some(), "how arrays are laid out")
            }
            Insn::SequenceItem { kind, .. } | Insn::SequenceAt { kind, .. } => {
                is_one_of(*kind, &[Type::LIST, Type::TUPLE, Type::SEQUENCE])
            }
            Insn::ListPush { .. } => wanted(self.host.list_append != 0, "how lists grow"),
            Insn::Length { kind, .. } => {
                let kinds = [Type::LIST, Type::TUPLE, Type::STR, Type::UNICODE, Type::DICT, Type::SET];
                is_one_of(*kind, &kinds)
            }
            Insn::NewRange { .. } => wanted(self.host.new_range != 0, "how ranges are iterated over"),
            Insn::CodeOf(..)
            | Insn::CharacterOf(..)
            | Insn::StringItem { .. }
            | Insn::ByteItem { .. }
            | Insn::StringEqual(..) => wanted(self.host.strings.is_some(), "how strings are laid out"),

            Insn::FindAttribute { site, .. } => {
                let site = self.function.attributes.get(*site as usize);
                self.has_attributes(site.ok_or("there is no such site")?)
            }
            Insn::SwapAttribute { site, .. } => {
                let site = self.function.attributes.get(*site as usize).ok_or("there is no such site")?;
                self.has_attributes(site)?;
                if site.is_stored() { Ok(()) } else { Err("a place that is not stored to".to_owned()) }
            }
            Insn::FindGlobal(site) => {
                self.function.globals.get(*site as usize).ok_or("there is no such global")?;
                wanted(self.host.attributes.is_some(), "globals in line")
            }

            Insn::Call { helper: Helper::LoadDeref, args, immediates, .. } => {
                match (&args[..], &immediates[..]) {
                    ([], [0..=0x7fff_ffff]) => self.has_helper(Helper::LoadDeref),
                    _ => Err(format!("no cell {immediates:?}")),
                }
            }
            Insn::Call { helper, args, immediates, .. } => {
                if args.len() + immediates.len() >= MOST_ARGUMENTS {
                    return Err(format!("{helper} with {} arguments", args.len() + immediates.len()));
                }
                args.iter().try_for_each(|arg| self.is_object(*arg))?;
                self.has_helper(*helper)
            }
            Insn::CallStack { helper, operands, .. } => {
                operands.iter().try_for_each(|operand| self.is_object(*operand))?;
                self.has_helper(*helper)
            }
            Insn::CallFunction { args, helper, .. } => {
                args.iter().try_for_each(|arg| self.is_object(*arg))?;
                self.has_helper(*helper)
            }
            Insn::CallMethod { operands, .. } => {
                operands.iter().try_for_each(|operand| self.is_object(*operand))?;
                self.has_helper(Helper::CallMethod)
            }
            Insn::CountBytecode => wanted(self.options.bytecode_counter != 0, "where to count bytecodes"),

            Insn::Object(_)
            | Insn::Int(_)
            | Insn::Float(_)
            | Insn::Bool(_)
            | Insn::Null
            | Insn::LoadLocal(_)
            | Insn::StoreLocal { .. }
            | Insn::ClearLocal(_)
            | Insn::CopyLocal { .. }
            | Insn::LoadStack(_)
            | Insn::NewRef(_)
            | Insn::Adopt(_)
            | Insn::Concrete(_)
            | Insn::Decref(..)
            | Insn::Forget(_)
            | Insn::XDecref(..)
            | Insn::DecrefShared(..)
            | Insn::GuardNotNull(..)
            | Insn::GuardIs(..)
            | Insn::GuardShared(..)
            | Insn::GuardBool(..)
            | Insn::GuardStatus(..)
            | Insn::NotNull(_)
            | Insn::UnboxInt(_)
            | Insn::UnboxFloat(_)
            | Insn::UnboxReal(..)
            | Insn::UnboxBool(_)
            | Insn::IntNeg(..)
            | Insn::IntInvert(_)
            | Insn::FloatAbs(_)
            | Insn::FloatCall { .. }
            | Insn::FloatToInt(..)
            | Insn::FloatNeg(_)
            | Insn::IntToFloat(_)
            | Insn::IntTruth(_)
            | Insn::FloatTruth(_)
            | Insn::SameObject(..)
            | Insn::IsNull(_)
            | Insn::Not(_)
            | Insn::StatusTruth(_)
            | Insn::StatusFailed(_)
            | Insn::RangeTake(_)
            | Insn::CellContent(_)
            | Insn::EnumerateIndex
            | Insn::ListStore { .. }
            | Insn::ListTake(_)
            | Insn::SequenceLen(_)
            | Insn::TypeOf(_)
            | Insn::ClassOf(_)
            | Insn::ReceiverOf(_)
            | Insn::PeriodicDue
            | Insn::CountRun(_)
            | Insn::CheckUnshared(_)
            | Insn::CheckTracing(_)
            | Insn::CheckValid(_)
            | Insn::StressExit { .. }
            | Insn::StressInvalidate { .. }
            | Insn::Jump(_)
            | Insn::Branch { .. }
            | Insn::Return(..)
            | Insn::Exit(_) => Ok(()),
        }
    }

    fn is_number(&self, value: ValueId) -> Meaning {
        match self.function.value(value).repr {
            Repr::Int | Repr::Float | Repr::Bool => Ok(()),
            repr @ (Repr::Obj | Repr::Status | Repr::None) => Err(format!("{value:?}, a {repr:?}, is boxed")),
        }
    }

    fn is_object(&self, value: ValueId) -> Meaning {
        match self.function.value(value).repr {
            Repr::Obj => Ok(()),
            repr => Err(format!("{value:?}, a {repr:?}, is passed as an object")),
        }
    }

    fn is_name(&self, slot: u32) -> Meaning {
        let name = self.function.tracked_name(slot);
        name.map(|_| ()).ok_or_else(|| format!("slot {slot} is no tracked name's"))
    }

    /// A guard can tell a kind.
    fn is_told(&self, object: ValueId, kind: Type) -> Meaning {
        let is_known = self.function.value(object).ty.is_subset(kind);
        let has_type = |kind| (self.host.types)(kind) != 0;
        let is_told = is_known
            || match (kind, self.host.layout.int) {
                (Type::NONE | Type::NULL, _) => true,
                (Type::REAL, _) => has_type(Type::INT) && has_type(Type::FLOAT),
                (Type::SEQUENCE, _) => has_type(Type::LIST) && has_type(Type::TUPLE),
                (Type::LONG, IntLayout::Digits { .. }) => has_type(Type::INT),
                _ => kind.is_single() && has_type(kind),
            };
        if is_told { Ok(()) } else { Err(format!("nobody can tell {kind:?}")) }
    }

    fn has_helper(&self, helper: Helper) -> Meaning {
        if (self.host.helper)(helper) != 0 {
            Ok(())
        } else {
            Err(format!("the host does not have {helper:?}"))
        }
    }

    fn has_attributes(&self, site: &AttributeSite) -> Meaning {
        wanted(self.host.attributes.is_some(), "attributes in line")?;
        let has_old = self.host.attributes.is_some_and(|layout| layout.old_style.is_some());
        wanted(has_old || !site.is_of_old(), "old-style classes")
    }
}

/// The host has what is wanted of it.
fn wanted(has: bool, what: &str) -> Meaning {
    if has { Ok(()) } else { Err(format!("the host does not say {what}")) }
}

fn is_one_of(kind: Type, kinds: &[Type]) -> Meaning {
    if kinds.contains(&kind) { Ok(()) } else { Err(format!("{kind:?} is not defined for it")) }
}
