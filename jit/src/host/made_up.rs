//! A host without an interpreter, for dumps and tests that run no code; another host can begin with it.

use super::{Host, IntLayout, Layout, NativeLayout, Periodic};
use crate::bytecode::Version;

impl Host {
    /// A host of this version whose addresses and offsets are made up, and which has nothing that it can do
    /// without.
    pub fn made_up(version: Version) -> Host {
        let int = match version.is_3() {
            true => IntLayout::Digits { size: 16, digits: 24 },
            false => IntLayout::Long { value: 16 },
        };
        Host {
            version,
            classic_division: !version.is_3(),
            layout: Layout {
                refcnt: 0,
                ob_type: 8,
                ob_size: 16,
                tp_dealloc: 48,
                float_value: 16,
                int,
                list_items: 24,
                list_allocated: 32,
                dict_used: 16,
                set_used: 24,
                tuple_items: 24,
                list_iter_index: 16,
                list_iter_seq: 24,
                tuple_iter_index: 16,
                tuple_iter_seq: 24,
                range_iter_index: 16,
                range_iter_start: 24,
                range_iter_step: 32,
                range_iter_len: 40,
                cell_content: 16,
                frame_locals: 376,
                frame_value_stack: 64,
                frame_lasti: 120,
                thread_use_tracing: 44,
            },
            types: |kind| 0x1_0000 + (1 << kind.index()),
            none: 0x10,
            not_implemented: 0x18,
            true_: 0x20,
            false_: 0x30,
            periodic: Periodic::Ticker(0x40),
            suspension: None,
            calls: None,
            direct: None,
            resumption: None,
            attributes: None,
            builtin: |_| None,
            math: |_| 0,
            natives: NativeLayout {
                definition: 16,
                receiver: 24,
                descriptor: 0x90,
                descriptor_definition: 40,
            },
            list_append: 0xa0,
            new_range: 0xa4,
            enumerated: 0xa8,
            helper: |_| 0x50,
            arrays: || None,
            strings: None,
            free_numbers: || None,
            free_tuples: || None,
            small_ints: None,
            box_int: 0x60,
            box_float: 0x70,
            dealloc: 0x80,
            reconsider: 0,
            counted_incref: 0,
            counted_decref: 0,
        }
    }
}
