//! An operation, from the program's call to its end.

use std::collections::BTreeMap;

use super::content::{self, Folder};
use super::error::{BUSY, CALLBACK, PARAMETER};
use super::structures::{
    Action, BLOCK, Buffer, FileRequest, GET, Parameters, RESULT, SET, State, put, put_list, text,
};
use super::{Answer, CANCELLED, Caller};
use crate::lv2::errno::Errno;
use crate::lv2::guest::GuestCall;
use crate::lv2::machine::Machine;
use crate::lv2::memory::Area;
use crate::lv2::system::{Choice as Buttons, Dialog};

/// How the folder is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It is named.
    Named(String),
    /// A function of the program names it.
    Fixed,
    /// The user chooses from a list that a function of the program makes.
    List,
}

/// What the program asks for.
pub struct Request {
    pub saves: bool,
    pub choice: Choice,
    /// Which folders there are to choose from: order by time or title, which way, and what
    /// their names begin with.
    pub list: u64,
    pub buffer: u64,
    /// Whether the user hears of an error.
    pub shows_errors: bool,
    /// Descriptors of the functions that choose, hear of the state, and name files.
    pub functions: [u32; 3],
    pub user: u32,
}

/// Which function of the program was called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Choose,
    State,
    Files,
}

/// An operation under way.
pub(in crate::lv2) struct Operation {
    /// The thread that runs it.
    thread: u64,
    request: Request,
    buffer: Buffer,
    /// The memory for structures.
    block: u64,
    step: Step,
    folders: Vec<Folder>,
    /// The folder's name and parameters, and whether it is new.
    name: String,
    parameters: Parameters,
    is_new: bool,
    /// What files hold that the program has read or written.
    content: BTreeMap<String, Vec<u8>>,
}

/// What a function says: whether it goes on, and what the user is to be told.
const NEXT: i32 = 0;
const LAST: [i32; 2] = [1, 2];
/// Kilobytes that the system's own files take.
const SYSTEM_KILOBYTES: i32 = 35;
/// What becomes of what was there (`CELL_SAVEDATA_RECREATE_…`).
const KEEP: [u32; 2] = [0, 1];
const RECREATE: [u32; 2] = [2, 3];
const RECREATE_MASK: u32 = 0xffff;
/// Bytes of a message of the program's own.
const MESSAGE: usize = 256;
/// Largest file: what a program can have in memory.
const MOST_BYTES: u64 = 256 << 20;

impl Operation {
    /// The call of a function of the program.
    fn call(&mut self, step: Step) -> Answer {
        self.step = step;
        let descriptor = self.request.functions[match step {
            Step::Choose => 0,
            Step::State => 1,
            Step::Files => 2,
        }];
        let [result, get, set] = [RESULT, GET, SET].map(|at| self.block + at);
        Answer::Enter(GuestCall {
            descriptor,
            arguments: [result, get, set, 0, 0, 0, 0, 0],
        })
    }
}

/// How an operation goes on.
enum Next {
    Call(Answer),
    /// It is over, with this result.
    Over(u64),
}

impl Machine {
    /// Begins an operation, or goes on with it after a function of the program.
    pub(super) fn save_data(
        &mut self,
        caller: &mut Caller<'_>,
        request: impl FnOnce(&Self) -> Result<Request, Errno>,
    ) -> Result<Answer, Errno> {
        let next = match self.save.take() {
            Some(operation) if caller.returned.is_some() => {
                if operation.thread == caller.thread {
                    self.go_on_saving(caller, operation)
                } else {
                    self.save = Some(operation);
                    Err(BUSY)
                }
            }
            Some(operation) => {
                self.save = Some(operation);
                return Err(BUSY);
            }
            None => {
                let request = request(self)?;
                self.begin_saving(caller, request)
            }
        };
        match next {
            Ok(Next::Call(call)) => Ok(call),
            Ok(Next::Over(result)) => {
                self.end_saving();
                Ok(Answer::Return(result))
            }
            Err(error) => {
                self.end_saving();
                Err(error)
            }
        }
    }

    fn end_saving(&mut self) {
        if let Some(block) = self.save_block.take() {
            // The block was allocated for the operation.
            let _ = self.memory.free(block);
        }
    }

    fn begin_saving(&mut self, caller: &Caller<'_>, request: Request) -> Result<Next, Errno> {
        let buffer = Buffer::read(&self.memory, request.buffer)?;
        let chooses = !matches!(request.choice, Choice::Named(_));
        let [first, state, files] = request.functions;
        if state == 0 || files == 0 || chooses && first == 0 {
            return Err(PARAMETER);
        }
        let block = self.memory.allocate(&Area::HEAPS, BLOCK as u64)?;
        self.save_block = Some(block);
        let mut operation = Operation {
            thread: caller.thread,
            buffer,
            block,
            step: Step::Choose,
            folders: Vec::new(),
            name: String::new(),
            parameters: Parameters::default(),
            is_new: false,
            content: BTreeMap::new(),
            request,
        };
        if let Choice::Named(name) = operation.request.choice.clone() {
            return self.tell_state(operation, name);
        }
        operation.folders = self.folders_to_choose(operation.request.list)?;
        self.clear_block(&operation)?;
        put_list(&mut self.memory, block + GET, &buffer, &operation.folders)?;
        let call = operation.call(Step::Choose);
        self.save = Some(operation);
        Ok(Next::Call(call))
    }

    /// The folders that there are to choose from, in order.
    fn folders_to_choose(&mut self, list: u64) -> Result<Vec<Folder>, Errno> {
        if list == 0 {
            return Err(PARAMETER);
        }
        let word = |offset| self.memory.word(list + offset);
        let (by_title, ascending, prefixes) = (word(0)? == 1, word(4)? == 1, word(8)?);
        let prefixes = text(&self.memory, prefixes.into(), MESSAGE)?;
        let mut folders = content::list(&mut self.files, &prefixes)?;
        if by_title {
            folders.sort_by(|a, b| a.parameters.title.cmp(&b.parameters.title));
        } else {
            folders.sort_by_key(|folder| folder.times[1]);
        }
        if !ascending {
            folders.reverse();
        }
        Ok(folders)
    }

    /// Makes what a function gets and gives zero, and puts the program's value into the result.
    fn clear_block(&mut self, operation: &Operation) -> Result<(), Errno> {
        put(&mut self.memory, operation.block, &[0; BLOCK])?;
        let user = operation.request.user.to_be_bytes();
        self.memory.put(operation.block + RESULT + 16, &user)
    }

    fn go_on_saving(
        &mut self,
        caller: &mut Caller<'_>,
        operation: Operation,
    ) -> Result<Next, Errno> {
        let said = self.memory.word(operation.block + RESULT)? as i32;
        if said != NEXT {
            return self.stop_saving(caller, &operation, said);
        }
        match operation.step {
            Step::Choose => match self.chosen(&operation)? {
                Some(name) => {
                    if operation.request.choice == Choice::List {
                        let message = format!("Save data: {name}");
                        caller.observer.dialog(&notice(message));
                    }
                    self.tell_state(operation, name)
                }
                None => Ok(Next::Over(CANCELLED)),
            },
            Step::State => self.take_state(operation),
            Step::Files => self.take_file(operation),
        }
    }

    /// A function has said that it was the last, or that something is wrong.
    fn stop_saving(
        &mut self,
        caller: &mut Caller<'_>,
        operation: &Operation,
        said: i32,
    ) -> Result<Next, Errno> {
        if !LAST.contains(&said) {
            if operation.request.shows_errors {
                let message = self.error_message(operation, said)?;
                caller.observer.dialog(&notice(message));
            }
            return Err(CALLBACK);
        }
        if operation.step == Step::Files && operation.request.saves {
            content::store(
                &mut self.files,
                &operation.name,
                &operation.parameters,
                &operation.content,
            )?;
        }
        Ok(Next::Over(0))
    }

    fn error_message(&self, operation: &Operation, said: i32) -> Result<String, Errno> {
        let word = |offset| self.memory.word(operation.block + RESULT + offset);
        Ok(match said {
            -1 => format!(
                "Save data: {} KB are missing on the hard disk",
                word(8)? as i32
            ),
            -3 => "Save data: it is broken".to_owned(),
            -4 => "Save data: there is none".to_owned(),
            // The program's own words, where they are there.
            -5 => text(&self.memory, word(12)?.into(), MESSAGE)
                .unwrap_or_else(|_| "Save data: an error without a message".to_owned()),
            said => format!("Save data: error {said}"),
        })
    }

    /// The folder that a function of the program has chosen, or the user would have.
    fn chosen(&self, operation: &Operation) -> Result<Option<String>, Errno> {
        let memory = &self.memory;
        let set = operation.block + SET;
        if operation.request.choice == Choice::Fixed {
            let name = memory.word(set)?;
            return content::name(memory, name.into()).map(Some);
        }
        /// Bytes of an entry of the list.
        const ENTRY: u64 = 48;
        let word = |offset| memory.word(set + offset);
        let (focus, focused, count, list, new) =
            (word(0)?, word(4)?, word(8)?, word(12)?, word(16)?);
        if count > operation.buffer.folders {
            return Err(PARAMETER);
        }
        let mut names = Vec::new();
        for at in 0..u64::from(count) {
            names.push(content::name(memory, u64::from(list) + ENTRY * at)?);
        }
        let new = match new {
            0 => None,
            new => {
                let name = memory.word(u64::from(new) + 4)?;
                Some(content::name(memory, name.into())?)
            }
        };
        let time = |name: &&String| {
            let mut folders = operation.folders.iter();
            let folder = folders.find(|folder| folder.name == **name);
            folder.map_or(0, |folder| folder.times[1])
        };
        let chosen = match focus {
            0 => Some(content::name(memory, focused.into())?),
            1 => names.first().cloned(),
            2 => names.last().cloned(),
            3 => names.iter().max_by_key(time).cloned(),
            4 => names.iter().min_by_key(time).cloned(),
            5 => new.clone(),
            _ => return Err(PARAMETER),
        };
        Ok(chosen.or(new))
    }

    /// Tells the program what is there.
    fn tell_state(&mut self, mut operation: Operation, name: String) -> Result<Next, Errno> {
        let found = content::find(&mut self.files, &name)?;
        let files = content::files_in(&mut self.files, &name)?;
        let bytes: u64 = files.iter().map(|file| file.status.size).sum();
        let kilobytes = i32::try_from(bytes / 1024).unwrap_or(i32::MAX);
        operation.is_new = found.is_none();
        let times = found.as_ref().map_or([0; 3], |folder| folder.times);
        operation.parameters = found.map(|folder| folder.parameters).unwrap_or_default();
        operation.name = name;
        self.clear_block(&operation)?;
        let state = State {
            free_kilobytes: content::free_kilobytes(&mut self.files),
            is_new: operation.is_new,
            folder: &operation.name,
            times,
            parameters: &operation.parameters,
            kilobytes: if operation.is_new {
                0
            } else {
                kilobytes.saturating_add(SYSTEM_KILOBYTES)
            },
            system_kilobytes: SYSTEM_KILOBYTES,
            files: &files,
        };
        let at = operation.block + GET;
        state.put(&mut self.memory, at, &operation.buffer)?;
        let call = operation.call(Step::State);
        self.save = Some(operation);
        Ok(Next::Call(call))
    }

    /// Takes what the program makes of what is there, and asks for the first file.
    fn take_state(&mut self, mut operation: Operation) -> Result<Next, Errno> {
        let set = operation.block + SET;
        let (parameters, mode) = (self.memory.word(set)?, self.memory.word(set + 4)?);
        match parameters {
            0 if operation.is_new => return Err(PARAMETER),
            0 => {}
            at => operation.parameters = Parameters::read(&self.memory, at.into())?,
        }
        let mode = mode & RECREATE_MASK;
        if RECREATE.contains(&mode) {
            operation.is_new = true;
        } else if !KEEP.contains(&mode) {
            return Err(PARAMETER);
        }
        if !operation.is_new {
            for file in content::files_in(&mut self.files, &operation.name)? {
                let bytes = content::read(&mut self.files, &operation.name, &file.name);
                operation
                    .content
                    .insert(file.name, bytes.unwrap_or_default());
            }
        }
        self.ask_for_file(operation, 0)
    }

    fn ask_for_file(&mut self, mut operation: Operation, done: u32) -> Result<Next, Errno> {
        self.clear_block(&operation)?;
        self.memory
            .put(operation.block + GET, &done.to_be_bytes())?;
        let call = operation.call(Step::Files);
        self.save = Some(operation);
        Ok(Next::Call(call))
    }

    /// Reads or writes a file as the program says, and asks for the next.
    fn take_file(&mut self, mut operation: Operation) -> Result<Next, Errno> {
        let request = FileRequest::read(&self.memory, operation.block + SET)?;
        if request.action != Action::Read && !operation.request.saves {
            return Err(PARAMETER);
        }
        let address = u64::from(request.address);
        let (offset, size) = (request.offset as usize, request.size as usize);
        let done = match request.action {
            Action::Read => {
                let content = operation.content.get(&request.name);
                let bytes = content.and_then(|content| content.get(offset..));
                let bytes = bytes.unwrap_or_default();
                let bytes = &bytes[..bytes.len().min(size).min(request.room as usize)];
                put(&mut self.memory, address, bytes)?;
                bytes.len() as u32
            }
            Action::Write | Action::WriteInto => {
                let end = u64::from(request.offset) + u64::from(request.size);
                if request.size > request.room || end > MOST_BYTES {
                    return Err(PARAMETER);
                }
                let mut bytes = vec![0; size];
                let read = self.memory.space.read(address, &mut bytes);
                read.map_err(|_| Errno::EFAULT)?;
                let content = operation.content.entry(request.name).or_default();
                if request.action == Action::Write {
                    content.truncate(offset);
                }
                if content.len() < offset + size {
                    content.resize(offset + size, 0);
                }
                content[offset..offset + size].copy_from_slice(&bytes);
                request.size
            }
            Action::Delete => {
                operation.content.remove(&request.name);
                0
            }
        };
        self.ask_for_file(operation, done)
    }
}

/// A message for the user, which nobody has to answer.
fn notice(text: String) -> Dialog {
    Dialog {
        text,
        choice: Buttons::None,
        may_cancel: false,
        on_no: false,
        bars: Vec::new(),
        function: None,
        closes_at: None,
    }
}
