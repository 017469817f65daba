//! The commands, one file each.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod client;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod duplicates;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod figures;
pub(crate) mod init;
pub(crate) mod keyring;
pub(crate) mod notice;
pub(crate) mod policy;
pub(crate) mod programme;
pub(crate) mod promises;
pub(crate) mod request;
pub(crate) mod restore;
pub(crate) mod retention;
pub(crate) mod returns;
pub(crate) mod serve;
pub(crate) mod take_in;
pub(crate) mod token;
pub(crate) mod user;
pub(crate) mod webhook;
