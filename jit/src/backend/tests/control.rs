//! Entries, calls, periodic work, flags, stress mode, and what the backend refuses.

use super::world::{Event, RESULT, events, field, int, object, type_address};
use super::*;
use crate::backend::TURNS;
use crate::bytecode::BinaryOp;
use crate::hir::Helper;

#[test]
fn each_entry_starts_in_its_block() {
    for count in 1..6 {
        let mut b = Build::new();
        for _ in 1..count {
            b.entry();
        }
        for index in 0..count {
            b.block = b.function.entries[index].block;
            let x = b.object(Insn::LoadStack(index as u32));
            b.ret(x);
        }
        let native = b.compile(&host_27(0));
        for index in 0..count {
            let mut frame = Frame::new(&[]);
            frame.set_stack(index, 100 + index);
            assert_eq!(run(&native, &mut frame, index as u64), Outcome::Returned(100 + index as u64));
        }
    }
}

#[test]
fn a_loop_is_entered_in_the_middle() {
    // entry 0: i = 0; entry 1: i = local 0; while i < 10: i += 3; return i
    let mut b = Build::new();
    let second = b.entry();
    let (header, body, end) = (b.function.add_block(), b.function.add_block(), b.function.add_block());
    let zero = b.int(Insn::Int(0));
    b.jump(header, &[zero]);
    b.block = second;
    let i = b.object(Insn::LoadLocal(0));
    let i = b.int(Insn::UnboxInt(i));
    b.jump(header, &[i]);
    b.block = header;
    let i = b.function.add_param(header, Repr::Int, Type::INT);
    let ten = b.int(Insn::Int(10));
    let more = b.bool(Insn::IntCompare(crate::bytecode::CompareOp::Lt, i, ten));
    b.branch(more, body, end);
    b.block = body;
    let exit = b.exit(0, ExitReason::Overflow, &[i], &[]);
    let three = b.int(Insn::Int(3));
    let i2 = b.int(Insn::IntBinary { op: BinaryOp::Add, lhs: i, rhs: three, seen: Seen::Number, exit });
    b.jump(header, &[i2]);
    b.block = end;
    let i = b.boxed(i);
    b.ret(i);
    let native = b.compile(&host_27(0));
    assert_eq!(run(&native, &mut Frame::new(&[]), 0).int(), 12);
    assert_eq!(run(&native, &mut Frame::new(&[int(5)]), 1).int(), 11);
}

#[test]
fn exits_that_leave_the_same_values_say_which_they_are() {
    let mut b = Build::new();
    let (x, y) = (b.object(Insn::LoadLocal(0)), b.object(Insn::LoadLocal(1)));
    let x = b.float(Insn::UnboxFloat(x));
    for number in 0..3 {
        let limit = b.float(Insn::Float(f64::from(number).to_bits()));
        let small = b.bool(Insn::FloatCompare(crate::bytecode::CompareOp::Gt, x, limit));
        let exit = b.exit(number, ExitReason::Unreached, &[], &[borrowed(x), owned(y)]);
        b.effect(Insn::GuardBool(small, true, exit));
    }
    b.ret(y);
    let native = b.compile(&host_27(0));
    assert_eq!((native.exits.len(), native.buffer_words), (3, 2));
    for number in 0..3 {
        let x = f64::from(number);
        let boxed = object(&[1, type_address(Type::FLOAT) as u64, x.to_bits()]);
        let outcome = run(&native, &mut Frame::new(&[boxed, 42]), 0);
        let (exit, words) = outcome.left();
        let recipe = &native.exits[exit];
        assert_eq!(recipe.outermost.pc, number);
        assert_eq!(
            (word(recipe.outermost.operands[0], words), word(recipe.outermost.operands[1], words)),
            (x.to_bits(), 42)
        );
    }
}

#[test]
fn helpers_get_their_arguments_and_the_frame_its_place() {
    let mut b = Build::new();
    let (x, y) = (b.object(Insn::LoadLocal(0)), b.object(Insn::LoadLocal(1)));
    let sum =
        Insn::Call { helper: Helper::Binary(BinaryOp::Add), args: vec![x, y], immediates: vec![], pc: 12 };
    let sum = b.object(sum);
    let name = Insn::Call { helper: Helper::LoadName, args: vec![], immediates: vec![-5], pc: 15 };
    let name = b.object(name);
    let call =
        Insn::CallStack { helper: Helper::Call, base: 1, operands: vec![sum, name], immediate: 256, pc: 18 };
    let result = b.object(call);
    let state = b.state(18, Resume::Throw, &[], &[]);
    let result = b.object(Insn::GuardNotNull(result, SideExit { state, reason: ExitReason::Exception }));
    b.effect(Insn::StoreLocal { slot: 2, value: result });
    let left = b.object(Insn::LoadStack(2));
    b.ret(left);
    let native = b.compile(&host_35(0));
    RESULT.set(77);
    let mut frame = Frame::new(&[100, 200]);
    assert_eq!(run(&native, &mut frame, 0), Outcome::Returned(77), "what the code stored is still there");
    let expected = [
        Event::Binary { lasti: 12, a: 100, b: 200 },
        Event::LoadName { lasti: 15, name: -5 },
        Event::Stack { lasti: 18, operands: vec![77, 77], immediate: 256 },
    ];
    assert_eq!(events(), expected);
    assert_eq!(frame.local(2), 77);
    RESULT.set(0);
    let outcome = run(&native, &mut frame, 0);
    assert_eq!(native.exits[outcome.left().0].outermost.resume, Resume::Throw);
    events();
}

/// Works when it is due, leaves when that fails, and returns whether it was due.
fn polls(host: &Host) -> NativeCode {
    let mut b = Build::new();
    let (work, end) = (b.function.add_block(), b.function.add_block());
    b.function.blocks[work.index()].cold = true;
    let due = b.bool(Insn::PeriodicDue);
    b.branch(due, work, end);
    b.block = work;
    let call = Insn::Call { helper: Helper::HandlePending, args: vec![], immediates: vec![], pc: 33 };
    let status = b.push(call, Type::EMPTY);
    let state = b.state(33, Resume::Throw, &[], &[]);
    b.effect(Insn::GuardStatus(status, SideExit { state, reason: ExitReason::Exception }));
    b.jump(end, &[]);
    b.block = end;
    let due = b.boxed(due);
    b.ret(due);
    b.compile(host)
}

#[test]
fn the_ticker_counts_down() {
    let ticker = Box::leak(Box::new(1_i32)) as *mut i32;
    let native = polls(&host_27(ticker as usize));
    let mut frame = Frame::new(&[]);
    RESULT.set(0);
    for (left, due) in [(0, false), (-1, true), (-2, true)] {
        run(&native, &mut frame, 0);
        // SAFETY: leaked, and only this test uses it.
        assert_eq!(unsafe { ticker.read_volatile() }, left);
        assert_eq!(events(), if due { vec![Event::Pending { lasti: 33 }] } else { vec![] });
    }
    RESULT.set(-1);
    let outcome = run(&native, &mut frame, 0);
    let recipe = &native.exits[outcome.left().0];
    assert_eq!((recipe.outermost.resume, recipe.reason), (Resume::Throw, ExitReason::Exception));
    events();
}

#[test]
fn the_breaker_is_seen() {
    let breaker = Box::leak(Box::new(0_i32)) as *mut i32;
    let native = polls(&host_35(breaker as usize));
    let mut frame = Frame::new(&[]);
    RESULT.set(0);
    run(&native, &mut frame, 0);
    assert_eq!(events(), []);
    // SAFETY: leaked, and only this test uses it.
    unsafe { breaker.write_volatile(1) };
    run(&native, &mut frame, 0);
    assert_eq!(events(), [Event::Pending { lasti: 33 }]);
}

#[test]
fn the_breaker_ends_a_loop_without_calls() {
    // The flag is read before the loop and in it: the second must not reuse the first.
    let breaker = Box::leak(Box::new(0_i32)) as *mut i32 as usize;
    let mut b = Build::new();
    let (header, end) = (b.function.add_block(), b.function.add_block());
    let due = b.bool(Insn::PeriodicDue);
    b.branch(due, end, header);
    b.block = header;
    let due = b.bool(Insn::PeriodicDue);
    b.branch(due, end, header);
    b.block = end;
    let null = b.object(Insn::Null);
    b.ret(null);
    let native = b.compile(&host_35(breaker));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            // SAFETY: leaked; a plain aligned word that the code reads atomically.
            unsafe { std::sync::atomic::AtomicI32::from_ptr(breaker as *mut i32) }
                .store(1, std::sync::atomic::Ordering::Relaxed);
        });
        assert_eq!(run(&native, &mut Frame::new(&[]), 0), Outcome::Returned(0));
    });
}

#[test]
fn flags_make_it_leave() {
    let valid = Box::leak(Box::new(1_u8)) as *mut u8;
    let mut b = Build::new();
    let exits = [ExitReason::Tracing, ExitReason::Invalidated, ExitReason::Uncompiled]
        .map(|reason| b.exit(0, reason, &[], &[]));
    b.effect(Insn::CheckTracing(exits[0]));
    b.effect(Insn::CheckValid(exits[1]));
    b.effect(Insn::CheckUnshared(exits[2]));
    let null = b.object(Insn::Null);
    b.ret(null);
    let options = BackendOptions { valid_flag: valid as usize, ..Default::default() };
    let native = b.compile_with(&host_27(0), &options).unwrap();
    let mut frame = Frame::new(&[]);
    let reason = |outcome: Outcome| native.exits[outcome.left().0].reason;
    assert_eq!(run(&native, &mut frame, 0), Outcome::Returned(0));
    frame.set_tracing(true);
    assert_eq!(reason(run(&native, &mut frame, 0)), ExitReason::Tracing);
    frame.set_tracing(false);
    frame.set_refcount(2);
    assert_eq!(reason(run(&native, &mut frame, 0)), ExitReason::Uncompiled);
    // SAFETY: leaked, and only this test uses it.
    unsafe { valid.write_volatile(0) };
    assert_eq!(reason(run(&native, &mut frame, 0)), ExitReason::Invalidated);
    assert_eq!(b.compile(&host_27(0)).exits.len(), 2, "without a flag there is nothing to check");
}

#[test]
fn a_loop_says_where_it_is() {
    for (host, expected) in [(host_35(Box::leak(Box::new(0_i32)) as *mut i32 as usize), 15), (host_27(0), -1)]
    {
        let mut b = Build::new();
        let turn = b.exit(15, ExitReason::Invalidated, &[], &[]);
        b.effect(Insn::CheckValid(turn));
        let leave = b.exit(9, ExitReason::Uncompiled, &[], &[]);
        b.effect(Insn::CheckUnshared(leave));
        let null = b.object(Insn::Null);
        b.ret(null);
        let native = b.compile(&host);
        let mut frame = Frame::new(&[]);
        frame.set_refcount(2);
        run(&native, &mut frame, 0).left();
        assert_eq!(frame.word(2) as i32, expected);
    }
}

#[test]
fn every_nth_guard_fails_before_it_does_anything() {
    let _alone = stress::alone();
    let mut b = Build::new();
    let tracing = b.exit(9, ExitReason::Tracing, &[], &[]);
    b.effect(Insn::CheckTracing(tracing));
    b.effect(Insn::CheckUnshared(tracing));
    let x = b.object(Insn::LoadLocal(0));
    let exit = b.exit(1, ExitReason::TypeGuard, &[], &[]);
    b.effect(Insn::Decref(x, 0));
    b.push(Insn::GuardType(x, Type::LIST, exit), Type::LIST);
    let state = b.state(2, Resume::Throw, &[], &[]);
    b.object(Insn::GuardNotNull(x, SideExit { state, reason: ExitReason::Exception }));
    let one = b.int(Insn::Int(1));
    let exit = b.exit(3, ExitReason::Overflow, &[], &[]);
    b.int(Insn::IntBinary { op: BinaryOp::Add, lhs: one, rhs: one, seen: Seen::Number, exit });
    b.ret(x);
    let places = |interval| {
        let native = b.stressed(Some(interval), None).compile(&host_27(0));
        let x = object(&[100, type_address(Type::LIST) as u64, 0]);
        let mut frame = Frame::new(&[x]);
        let places = [0; 6].map(|_| match run(&native, &mut frame, 0) {
            Outcome::Left(exit, _) => native.exits[exit].outermost.pc,
            Outcome::Returned(_) => 0,
        });
        assert_eq!(field(x, 0), 94);
        places
    };
    // Two guards count; those for exceptions do not.
    assert_eq!(places(3), [0, 1, 0, 1, 0, 1]);
    assert_eq!(places(2), [3; 6]);
    assert_eq!(places(1), [1; 6]);
}

#[test]
fn every_nth_check_finds_the_code_invalid() {
    let _alone = stress::alone();
    let valid = Box::leak(Box::new(1_u8)) as *mut u8;
    let mut b = Build::new();
    let exits = [1, 2].map(|pc| b.exit(pc, ExitReason::Invalidated, &[], &[]));
    b.effect(Insn::CheckValid(exits[0]));
    b.effect(Insn::CheckValid(exits[1]));
    let null = b.object(Insn::Null);
    b.ret(null);
    let options = BackendOptions { valid_flag: valid as usize, ..Default::default() };
    let native = b.stressed(None, Some(4)).compile_with(&host_27(0), &options).unwrap();
    let mut frame = Frame::new(&[]);
    let mut places = Vec::new();
    for _ in 0..5 {
        // SAFETY: leaked, and only this test uses it.
        unsafe { valid.write_volatile(1) };
        places.push(match run(&native, &mut frame, 0) {
            Outcome::Left(exit, _) => native.exits[exit].outermost.pc,
            Outcome::Returned(_) => 0,
        });
        // SAFETY: as above.
        assert_eq!(unsafe { valid.read_volatile() }, u8::from(places.last() == Some(&0)));
    }
    // Three are counted in a run: the entry and two checks; an entry makes the first check leave.
    assert_eq!(places, [0, 1, 2, 0, 1]);
}

#[test]
fn code_memory_is_capped_and_returned() {
    let memory = CodeMemory::new(4096);
    let mut backend = backend().unwrap();
    let mut b = Build::new();
    let x = b.object(Insn::LoadLocal(0));
    b.ret(x);
    let host = host_27(0);
    let mut compile =
        || memory.publish(backend.generate(b.function.clone(), &host, &BackendOptions::default()).unwrap());
    let mut kept = vec![compile().unwrap()];
    let error = loop {
        match compile() {
            Ok(native) => kept.push(native),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, CompileError::CodeMemory(_)), "{error}");
    assert!(kept.len() > 8, "small functions share pages");
    drop(kept);
    assert_eq!(memory.used(), 0);
    let native = compile().unwrap();
    assert_eq!(run(&native, &mut Frame::new(&[5]), 0), Outcome::Returned(5));
}

#[test]
fn what_makes_no_sense_is_refused_and_the_backend_lives_on() {
    let mut backend = backend().unwrap();
    let host = host_27(0);
    let mut refused = |make: &dyn Fn(&mut Build)| {
        let mut b = Build::new();
        make(&mut b);
        match backend.generate(b.function.clone(), &host, &BackendOptions::default()) {
            Err(CompileError::Backend(what)) => what,
            other => panic!("{:?}", other.err()),
        }
    };
    let what = refused(&|b| {
        let x = b.object(Insn::LoadLocal(0));
        b.effect(Insn::SetLocal { slot: 0, value: x, old: x, pc: 0 });
        b.ret(x);
    });
    assert!(what.contains("SetLocal"), "{what}");
    let what = refused(&|b| {
        let call = Insn::Call { helper: Helper::GetIter, args: vec![], immediates: vec![], pc: 0 };
        let x = b.object(call);
        b.ret(x);
    });
    assert!(what.contains("GetIter"), "{what}");
    let what = refused(&|b| {
        let x = b.function.add_value(Insn::LoadLocal(0), Type::ANY);
        b.ret(x);
    });
    assert!(what.contains("before it is made"), "{what}");

    let mut b = Build::new();
    let x = b.object(Insn::LoadLocal(0));
    b.ret(x);
    backend.generate(b.function.clone(), &host, &BackendOptions::default()).unwrap();
}

#[test]
fn the_baseline_counts_jumps_backwards() {
    let turns = Box::leak(Box::new(1_i32)) as *mut i32;
    let mut b = Build::new();
    let exit = b.exit(7, ExitReason::Invalidated, &[], &[]);
    b.effect(Insn::CheckValid(exit));
    let x = b.object(Insn::LoadLocal(0));
    b.ret(x);
    let effort = if whose() == Whose::Baseline { Effort::First } else { Effort::Full };
    let options = BackendOptions { turns: turns as usize, effort, ..Default::default() };
    let native = b.compile_with(&host_27(0), &options).unwrap();
    let told = [(); 3].map(|()| {
        assert_eq!(run(&native, &mut Frame::new(&[8]), 0), Outcome::Returned(8));
        events()
    });
    let (is_told, left) = match whose() {
        Whose::Baseline => (vec![Event::Reconsider(7)], TURNS - 1),
        // Theirs is not going to be compiled again.
        Whose::Cranelift | Whose::Interp => (Vec::new(), 1),
    };
    assert_eq!(told, [Vec::new(), is_told, Vec::new()]);
    // SAFETY: it is never freed.
    assert_eq!(unsafe { turns.read() }, left);
}
