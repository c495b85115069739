//! Machine code by Cranelift, or by the baseline where that is enough.

use super::lowering::{Code, Regions, backend_error, lower, native_signature, positions};
use super::{Backend, BackendOptions, Description, Effort, MachineCode, Position, Rules, Unwind, baseline};
use crate::error::CompileError;
use crate::hir::Function;
use crate::host::Host;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::unwind::UnwindInfo;
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{CompiledCode, Context, ir};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use std::collections::BTreeMap;

/// The largest function, in HIR values, that Cranelift is for, if there is a choice: it takes 2 KB a value or
/// more, and its code is a few percent faster than that of the baseline.
const MAX_OPTIMISED: usize = 3000;

/// Bytes of stack that code of the baseline may take: what recursion has of them is limited.
const MAX_BASELINE_STACK: u32 = 4096;

/// Result of everything that can refuse a function.
type Result<T> = std::result::Result<T, CompileError>;

/// Compiles HIR with Cranelift. It keeps nothing from one function to the next.
pub struct CraneliftBackend {
    full: OwnedTargetIsa,
    fast: OwnedTargetIsa,
}

impl CraneliftBackend {
    /// A backend for this machine.
    pub fn new() -> Result<CraneliftBackend> {
        Ok(CraneliftBackend { full: isa(&[])?, fast: isa(&[("regalloc_algorithm", "single_pass")])? })
    }
}

// Compilation moves to a thread of its own.
const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<CraneliftBackend>();
};

/// The target: this machine, with settings common to all code and these.
fn isa(particular: &[(&str, &str)]) -> Result<OwnedTargetIsa> {
    let common = [
        // What it would find has been done to HIR. It takes a quarter of the time of a compilation, and half
        // a megabyte.
        ("opt_level", "none"),
        ("is_pic", "false"),
        ("use_colocated_libcalls", "false"),
        ("enable_probestack", "false"),
        // It costs nothing until somebody asks for it.
        ("unwind_info", "true"),
        // Profilers walk the stack by them.
        ("preserve_frame_pointers", "true"),
        ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
    ];
    let mut flags = settings::builder();
    for (name, value) in common.iter().chain(particular) {
        flags.set(name, value).map_err(backend_error)?;
    }
    let builder = cranelift_native::builder().map_err(backend_error)?;
    builder.finish(settings::Flags::new(flags)).map_err(backend_error)
}

/// What profilers and debuggers want to know.
fn describe(compiled: &CompiledCode, isa: &dyn TargetIsa) -> Result<Description> {
    let unwind = match compiled.create_unwind_info(isa).map_err(backend_error)? {
        Some(UnwindInfo::SystemV(rules)) => {
            let rules = Rules::Cranelift(rules);
            isa.create_systemv_cie().map(|convention| Unwind { convention, rules })
        }
        Some(_) | None => None,
    };
    Ok(Description { positions: positions(compiled.buffer.get_srclocs_sorted()), unwind })
}

impl CraneliftBackend {
    /// Code in one pass; none for a function that had better be compiled otherwise.
    pub(super) fn baseline(
        &self,
        function: &Function,
        host: &Host,
        options: &BackendOptions,
    ) -> Result<Option<MachineCode>> {
        let regions = Regions::new(&mut ir::Function::new());
        let (code, lowered) = lower(function, host, options, Code::linear(), regions)?;
        let Some(linear) = code.finish(self.fast.frontend_config()) else { return Ok(None) };
        let emitted = match baseline::emit(&linear) {
            Ok(emitted) if emitted.stack <= MAX_BASELINE_STACK => emitted,
            Ok(_) | Err(_) => return Ok(None),
        };
        let mut texts = BTreeMap::new();
        if options.keep_texts {
            texts.insert("clif", linear.to_string());
        }
        let length = emitted.bytes.len() as u32;
        let positions = emitted.places.iter().map(|&(offset, pc)| Position { offset, pc }).collect();
        Ok(Some(MachineCode {
            name: function.name.clone(),
            bytes: emitted.bytes,
            alignment: 16,
            exits: lowered.exits,
            buffer_words: lowered.buffer_words,
            is_provisional: options.effort == Effort::First,
            keeps: None,
            texts,
            description: options.describe.then(|| {
                let rules = Rules::Baseline { pushed: emitted.pushed, popped: emitted.popped, length };
                let convention = self.fast.create_systemv_cie();
                Description { positions, unwind: convention.map(|convention| Unwind { convention, rules }) }
            }),
        }))
    }
}

impl Backend for CraneliftBackend {
    fn generate(&mut self, function: Function, host: &Host, options: &BackendOptions) -> Result<MachineCode> {
        let is_large = function.values.len() > MAX_OPTIMISED && !options.whatever_size;
        if (options.effort != Effort::Full || is_large)
            && cfg!(target_arch = "x86_64")
            && let Some(code) = self.baseline(&function, host, options)?
        {
            return Ok(code);
        }
        let isa = match options.effort {
            Effort::Least => &self.fast,
            Effort::First | Effort::Full => &self.full,
        };
        let mut context = Context::new();
        let mut builder_context = FunctionBuilderContext::new();
        context.func.signature = native_signature(CallConv::triple_default(isa.triple()));
        context.func.name = ir::UserFuncName::user(0, 0);
        context.set_disasm(options.keep_texts);
        let regions = Regions::new(&mut context.func);
        let builder = FunctionBuilder::new(&mut context.func, &mut builder_context);
        let (code, lowered) = lower(&function, host, options, Code::clif(builder), regions)?;
        code.finish(isa.frontend_config());
        let name = function.name.clone();
        drop(function);

        let mut texts = BTreeMap::new();
        if options.keep_texts {
            texts.insert("clif", context.func.display().to_string());
        }

        let compiled = context
            .compile(&**isa, &mut ControlPlane::default())
            // The list of what the verifier found is in the debug form only.
            .map_err(|error| CompileError::Backend(format!("{:?}", error.inner)))?;
        if let Some(relocation) = compiled.buffer.relocs().first() {
            // Helpers are called by absolute address. A relocation would be a library call of
            // Cranelift's own, and a symbol it does not find would make publishing it panic.
            return Err(backend_error(format!("unexpected relocation {relocation:?}")));
        }
        if let Some(assembly) = compiled.vcode.clone() {
            texts.insert("asm", assembly);
        }
        let description = if options.describe { Some(describe(compiled, &**isa)?) } else { None };
        Ok(MachineCode {
            name,
            bytes: compiled.code_buffer().to_vec(),
            alignment: compiled.buffer.alignment,
            exits: lowered.exits,
            buffer_words: lowered.buffer_words,
            is_provisional: false,
            keeps: None,
            texts,
            description,
        })
    }
}
