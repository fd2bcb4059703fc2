//! What a shell and a manual want to know of the command line.

use crate::Exit;
use crate::args::{Args, Manual, Shells};
use crate::locale::{lang, say};
use clap::CommandFactory;
use presend::words::Words;
use std::io::Write;

/// Prints completions for a shell.
pub(crate) fn completions(args: &Shells) -> Exit {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "presend", &mut out);
    print(&out)
}

/// Prints a page of the manual: that of a verb, or of the program.
pub(crate) fn man(args: &Manual) -> Exit {
    let mut command = Args::command();
    command.build();
    let page = match &args.verb {
        None => Some(&command),
        Some(verb) => command.get_subcommands().find(|known| known.get_name() == verb),
    };
    let Some(page) = page.cloned() else {
        let verb = args.verb.as_deref().unwrap_or_default();
        say(lang(None, None), &Words::new(format!("没有子命令 {verb}"), format!("there is no verb {verb}")));
        return Exit::Usage;
    };
    let mut out = Vec::new();
    match clap_mangen::Man::new(page).render(&mut out) {
        Ok(()) => print(&out),
        Err(_) => Exit::Usage,
    }
}

fn print(text: &[u8]) -> Exit {
    // A reader that went away, such as `head`, is no mistake of ours.
    _ = std::io::stdout().lock().write_all(text);
    Exit::Clean
}
