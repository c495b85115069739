//! What is asked instead of calling, and what functions in C would have computed.

use super::world::{Event, events, field, int, int_value, object, type_address};
use super::*;
use crate::feedback::{Assumption, Validity};
use crate::hir::Helper;
use crate::host::{CallLayout, NativeLayout};

/// Whether a function returns, whatever it is that it leaves for.
fn passes(native: &NativeCode, frame: &mut Frame) -> bool {
    matches!(run(native, frame, 0), Outcome::Returned(_))
}

/// Code that returns unless the instruction leaves, which is about local 0.
fn unless(host: &Host, insn: impl Fn(ValueId, SideExit) -> Insn) -> NativeCode {
    let mut b = Build::new();
    let about = b.object(Insn::LoadLocal(0));
    let exit = b.exit(7, ExitReason::Callee, &[], &[]);
    b.object(insn(about, exit));
    let null = b.object(Insn::Null);
    b.ret(null);
    b.compile(host)
}

fn host_with_calls(depth_limit: usize) -> Host {
    let calls = CallLayout {
        function_code: 16,
        function_globals: 24,
        function_defaults: 40,
        frame_globals: 8,
        thread_depth: 16,
        thread_put_off: 32,
        depth_limit,
        thread_interpreter: 24,
        evaluator: 8,
        default_evaluator: 0x770,
    };
    Host { calls: Some(calls), ..host_27(0) }
}

#[test]
fn functions_are_known_by_their_code_and_globals() {
    let life = Assumption::new(0x100);
    let host = host_with_calls(0);
    let code = unless(&host, |object, exit| Insn::GuardCode { object, code: life.address(), exit });
    let globals = unless(&host, Insn::GuardGlobals);
    let function = |ty, code, globals| object(&[1, type_address(ty) as u64, code, globals]);
    let passes = |native: &NativeCode, function| {
        let mut frame = Frame::new(&[function]);
        frame.set_word(1, 0x200);
        passes(native, &mut frame)
    };
    assert!(passes(&code, function(Type::FUNCTION, 0x100, 0)));
    assert!(!passes(&code, function(Type::FUNCTION, 0x108, 0)));
    assert!(!passes(&code, function(Type::METHOD, 0x100, 0)));
    // Of an object that is known to be a function.
    let mut b = Build::new();
    let known = b.push(Insn::LoadLocal(0), Type::FUNCTION);
    let exit = b.exit(7, ExitReason::Callee, &[], &[]);
    b.object(Insn::GuardCode { object: known, code: life.address(), exit });
    let null = b.object(Insn::Null);
    b.ret(null);
    let of_known = b.compile(&host);
    assert!(passes(&of_known, function(Type::FUNCTION, 0x100, 0)));
    assert!(!passes(&of_known, function(Type::FUNCTION, 0x108, 0)));
    life.end();
    assert!(!passes(&code, function(Type::FUNCTION, 0x100, 0)));
    assert!(!passes(&of_known, function(Type::FUNCTION, 0x100, 0)));
    assert!(passes(&globals, function(Type::FUNCTION, 0, 0x200)));
    assert!(!passes(&globals, function(Type::FUNCTION, 0, 0x208)));
}

#[test]
fn what_code_rests_on_may_end_while_it_runs() {
    /// Why code leaves that looks whether the object is a function of the code, then calls something, looks
    /// whether it is valid if it is to, and whether the object is what it was.
    fn left(checks: bool, life: &Assumption, ends: bool) -> Option<(ExitReason, u32)> {
        let mut b = Build::new();
        let object = b.object(Insn::LoadLocal(0));
        let [before, invalid, after] =
            [(3, ExitReason::Callee), (6, ExitReason::Invalidated), (9, ExitReason::Callee)]
                .map(|(pc, reason)| b.exit(pc, reason, &[], &[]));
        b.object(Insn::GuardCode { object, code: life.address(), exit: before });
        b.object(Insn::Call { helper: Helper::LoadName, args: vec![], immediates: vec![0], pc: 3 });
        if checks {
            b.effect(Insn::CheckValid(invalid));
        }
        b.object(Insn::GuardCode { object, code: life.address(), exit: after });
        let null = b.object(Insn::Null);
        b.ret(null);
        let version = Validity::default();
        life.support(&version);
        let options = BackendOptions { valid_flag: version.address(), ..BackendOptions::default() };
        let native = b.compile_with(&host_with_calls(0), &options).unwrap();
        let function = world::object(&[1, type_address(Type::FUNCTION) as u64, 0x100, 0]);
        world::ENDING.set(ends.then(|| life.clone()));
        let outcome = run(&native, &mut Frame::new(&[function]), 0);
        events();
        match outcome {
            Outcome::Left(exit, _) => Some((native.exits[exit].reason, native.exits[exit].outermost.pc)),
            Outcome::Returned(_) => None,
        }
    }
    let lives = [(); 2].map(|()| Assumption::new(0x100));
    assert_eq!(left(true, &lives[0], false), None);
    assert_eq!(left(true, &lives[0], true), Some((ExitReason::Invalidated, 6)));
    assert_eq!(left(true, &lives[0], false), Some((ExitReason::Callee, 3)), "it has ended before");
    assert_eq!(left(false, &lives[1], true), Some((ExitReason::Callee, 9)), "the guard sees it by itself");
}

#[test]
fn calls_need_room_and_the_evaluator() {
    let limit = object(&[10]);
    let native = unless(&host_with_calls(limit), |_, exit| Insn::CheckCalls { frames: 3, exit });
    let cases = [(6, 0x770, 0, true), (7, 0x770, 0, false), (6, 0x778, 0, false), (6, 0x770, 0x9000, false)];
    for (depth, evaluator, put_off, expected) in cases {
        let mut frame = Frame::new(&[0]);
        frame.set_word_of_thread(2, depth);
        frame.set_word_of_thread(3, object(&[0, evaluator]) as u64);
        frame.set_word_of_thread(4, put_off);
        assert_eq!(passes(&native, &mut frame), expected, "{depth} {evaluator:#x} {put_off:#x}");
    }
}

#[test]
fn functions_in_c_are_known_by_their_definitions() {
    let descriptor = object(&[0]);
    let natives = NativeLayout { definition: 16, receiver: 24, descriptor, descriptor_definition: 24 };
    let host = Host { natives, ..host_27(0) };
    let guard = |is_method| {
        unless(&host, move |object, exit| Insn::GuardNative { object, definition: 0x300, is_method, exit })
    };
    let (function, method) = (guard(false), guard(true));
    let callable = |ty: usize, words: [u64; 2]| object(&[1, ty as u64, words[0], words[1]]);
    let passes = |native, callable| passes(native, &mut Frame::new(&[callable]));
    let cfunction = type_address(Type::CFUNCTION);
    assert!(passes(&function, callable(cfunction, [0x300, 0])));
    assert!(!passes(&function, callable(cfunction, [0x308, 0x300])));
    assert!(!passes(&function, callable(descriptor, [0x300, 0x300])));
    assert!(passes(&method, callable(descriptor, [0, 0x300])));
    assert!(!passes(&method, callable(cfunction, [0x300, 0x300])));
}

#[test]
fn functions_in_c_have_what_they_were_taken_from() {
    let mut b = Build::new();
    let function = b.object(Insn::LoadLocal(0));
    let receiver = b.object(Insn::ReceiverOf(function));
    let result = b.object(Insn::NewRef(receiver));
    b.ret(result);
    let native = b.compile(&host_27(0));
    let receiver = object(&[1, type_address(Type::LIST) as u64]);
    let function = object(&[1, type_address(Type::CFUNCTION) as u64, 0x300, receiver as u64]);
    assert_eq!(run(&native, &mut Frame::new(&[function]), 0), Outcome::Returned(receiver as u64));
    assert_eq!(field(receiver, 0), 2);
}

#[test]
fn what_dies_without_code_is_released_and_the_rest_is_left() {
    let native = unless(&host_27(0), Insn::DecrefShared);
    let made = |count, ty| object(&[count, type_address(ty) as u64, 0]);
    let passes = |object| passes(&native, &mut Frame::new(&[object]));
    let shared = made(2, Type::LIST);
    assert!(passes(0) && passes(shared));
    assert_eq!((field(shared, 0), events()), (1, vec![]));
    assert!(!passes(shared));
    assert_eq!((field(shared, 0), events()), (1, vec![]));
    for ty in [Type::INT, Type::LONG, Type::FLOAT, Type::STR, Type::UNICODE] {
        let number = made(1, ty);
        assert!(passes(number));
        assert_eq!((field(number, 0), events()), (0, vec![Event::Dealloc(number)]));
    }
}

/// What a float becomes, or nothing where the code leaves.
fn of_float(insn: impl Fn(ValueId, SideExit) -> Insn, repr: Repr) -> impl Fn(f64) -> Option<usize> {
    let mut b = Build::new();
    let number = b.object(Insn::LoadLocal(0));
    let number = b.float(Insn::UnboxFloat(number));
    let exit = b.exit(7, ExitReason::RareOperand, &[], &[]);
    let result = b.push(insn(number, exit), repr.boxed_type());
    let result = b.boxed(result);
    b.ret(result);
    let native = b.compile(&host_27(0));
    move |number| {
        let number = object(&[1, type_address(Type::FLOAT) as u64, number.to_bits()]);
        match run(&native, &mut Frame::new(&[number]), 0) {
            Outcome::Returned(object) => Some(object as usize),
            Outcome::Left(..) => None,
        }
    }
}

extern "C" fn half(number: f64) -> f64 {
    number / 2.0
}

#[test]
fn functions_of_floats_are_left_where_they_are_not_finite() {
    let float = |object| world::float_value(object);
    let call =
        |function| of_float(move |number, exit| Insn::FloatCall { function, number, exit }, Repr::Float);
    let (root, half) = (call(0), call(half as *const () as usize));
    assert_eq!((root(2.25).map(float), half(3.0).map(float)), (Some(1.5), Some(1.5)));
    assert_eq!(root(-0.0).map(float).map(f64::to_bits), Some((-0.0_f64).to_bits()));
    for number in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        assert_eq!((root(number), half(number)), (None, None), "{number}");
    }
    assert_eq!(root(-1.0), None);
    let magnitude = of_float(|number, _| Insn::FloatAbs(number), Repr::Float);
    assert_eq!(magnitude(-2.5).map(float), Some(2.5));
    assert_eq!(magnitude(-0.0).map(float).map(f64::to_bits), Some(0));
}

#[test]
fn floats_become_ints_where_these_are_not_too_large() {
    let int = of_float(Insn::FloatToInt, Repr::Int);
    let limit = (1_u64 << 60) as f64;
    for (number, expected) in [(2.9, 2), (-2.9, -2), (-0.0, 0), (limit - 128.0, (1 << 60) - 128)] {
        assert_eq!(int(number).map(int_value), Some(expected), "{number}");
    }
    for number in [limit, -limit, f64::INFINITY, f64::NAN] {
        assert_eq!(int(number), None, "{number}");
    }
}

#[test]
fn lengths_are_where_each_kind_has_them() {
    let length = |kind| {
        let mut b = Build::new();
        let container = b.object(Insn::LoadLocal(0));
        let exit = b.exit(7, ExitReason::RareOperand, &[], &[]);
        let length = b.int(Insn::Length { kind, container, exit });
        let length = b.boxed(length);
        b.ret(length);
        let native = b.compile(&host_27(0));
        run(&native, &mut Frame::new(&[object(&[1, type_address(kind) as u64, 5, 6])]), 0).int()
    };
    for kind in [Type::LIST, Type::TUPLE, Type::STR, Type::UNICODE, Type::DICT] {
        assert_eq!(length(kind), 5, "{kind:?}");
    }
    assert_eq!(length(Type::SET), 6);
}

#[test]
fn runs_are_counted() {
    let counter = object(&[41]);
    let mut b = Build::new();
    b.effect(Insn::CountRun(counter));
    b.effect(Insn::CountBytecode);
    b.effect(Insn::CountBytecode);
    let one = b.object(Insn::Object(int(1)));
    b.ret(one);
    let bytecodes = object(&[0]);
    let options = BackendOptions { bytecode_counter: bytecodes, ..Default::default() };
    let native = b.compile_with(&host_27(0), &options).unwrap();
    run(&native, &mut Frame::new(&[]), 0);
    assert_eq!((field(counter, 0), field(bytecodes, 0)), (42, 2));
}
