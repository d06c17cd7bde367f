//! A parameter that somebody has taken over: what a twin is told of it stands in the id of its event.

use alloc::{format, string::String};

use twin::{Model, What, hex};

use crate::number;

/// The kind of the events. No event of a model can be called so, and none comes from outside.
pub const KIND: &str = "calibration-taken";
/// What parts the id. No name of a model has it.
const SEPARATOR: char = '/';
/// So many bytes of a model's hash tell it from others.
const HASH: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken<'a> {
    /// The entry that it was proposed by.
    pub proposal: u64,
    /// The latent's name.
    pub name: &'a str,
    pub value: f64,
    /// Its standard deviation.
    pub deviation: f64,
}

impl<'a> Taken<'a> {
    /// The id of the event, for assets of `model` alone: of another one the same name may mean something else.
    pub fn id(&self, model: &Model) -> String {
        let Taken { proposal, name, value, deviation } = self;
        format!("{KIND}/{proposal}/{}/{name}/{value}/{deviation}", short(model))
    }

    /// What `id` wrote for assets of `model`.
    pub fn read(id: &'a str, model: &Model) -> Option<Taken<'a>> {
        let mut parts = id.split(SEPARATOR);
        if parts.next()? != KIND {
            return None;
        }
        let proposal = parts.next()?.parse().ok()?;
        if parts.next()? != short(model) {
            return None;
        }
        let name = parts.next()?;
        let (value, deviation) = (number::read(parts.next()?)?, number::read(parts.next()?)?);
        parts.next().is_none().then_some(Taken { proposal, name, value, deviation })
    }

    /// What a twin of `model` is told.
    pub fn told(&self, model: &Model) -> Option<What> {
        let (value, deviation) = (self.value, self.deviation);
        Some(What::Calibrated { latent: model.latent(self.name)?, value, deviation })
    }
}

/// What tells a model from others, where it is written down.
pub fn short(model: &Model) -> String {
    hex::write(&model.hash.0[..HASH])
}
