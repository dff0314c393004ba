//! What calls on all kinds of objects have in common.

use super::{
    Answer, Caller, condition, event_flag, event_queue, light_condition, light_mutex, mutex,
    rwlock, semaphore,
};
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{Kind, Object, Sharing};
use crate::lv2::thread::{Continuation, State, Wait};

impl Machine {
    /// Makes an object, or finds it by its key, and stores its number.
    pub(super) fn make<K: Kind>(
        &mut self,
        result: u64,
        sharing: Sharing,
        object: K,
    ) -> Result<Answer, Errno> {
        self.memory.put(result, &0_u32.to_be_bytes())?;
        let number = self.objects.add(sharing, object)?;
        self.memory.put(result, &number.to_be_bytes())?;
        Ok(Answer::Return(0))
    }

    /// Lets a thread that waits go on waiting, for another object.
    pub(super) fn wait_for(&mut self, thread: u64, object: u32, until: Option<u64>) {
        if let Some(thread) = self.threads.all.get_mut(&thread) {
            thread.state = State::Waits(Wait::Object { object, until });
        }
    }

    /// Goes on after a call of the kernel within a library function: at once, or when the
    /// call's wait is over. The continuation gets r3 and what is noted.
    pub(super) fn after(
        &mut self,
        caller: &mut Caller<'_>,
        kernel: Result<Answer, Errno>,
        then: Continuation,
        noted: [u64; 4],
    ) -> Result<Answer, Errno> {
        match kernel {
            Ok(Answer::Return(value)) => then(self, caller, value, noted),
            Err(error) => then(self, caller, error.register(), noted),
            Ok(other) => {
                if let Some(thread) = self.threads.all.get_mut(&caller.thread) {
                    thread.then = Some((then, noted));
                }
                Ok(other)
            }
        }
    }

    /// Ends a wait for an object because its time is over.
    pub(in crate::lv2) fn time_out(&mut self, thread: u64, object: u32) {
        let end = match self.objects.kept(object) {
            Some(Object::Mutex(_)) => mutex::time_out,
            Some(Object::Condition(_)) => condition::time_out,
            Some(Object::RwLock(_)) => rwlock::time_out,
            Some(Object::EventQueue(_)) => event_queue::time_out,
            Some(Object::LightMutex(_)) => light_mutex::time_out,
            Some(Object::Semaphore(_)) => semaphore::time_out,
            Some(Object::LightCondition(_)) => light_condition::time_out,
            Some(Object::EventFlag(_)) => event_flag::time_out,
            // Nobody waits for these.
            Some(
                Object::EventPort(_)
                | Object::Timer(_)
                | Object::InterruptTag(_)
                | Object::InterruptService(_),
            )
            | None => {
                return self.threads.wake(thread, Errno::ESRCH.register());
            }
        };
        end(self, thread, object);
    }
}
