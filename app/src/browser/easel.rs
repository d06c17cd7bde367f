//! A canvas with a picture that changes as a whole: it is painted again only when it, its size or the colours are others.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use twin::id::AssetId;
use web_sys::HtmlCanvasElement;

use super::canvas::{self, Stage};
use crate::plot::histogram::{self, Histogram};

pub struct Easel {
    stage: Option<Stage>,
    picture: RefCell<Option<Histogram>>,
    /// The size and the theme that it was painted with.
    painted: Cell<Option<((f64, f64), u64)>>,
}

impl Easel {
    /// Paints on `canvas`, and again when it was resized, came into view, or got other colours.
    pub fn start(asset_id: AssetId, canvas: HtmlCanvasElement) -> Rc<Easel> {
        Rc::new_cyclic(|easel: &Weak<Easel>| {
            let easel = easel.clone();
            let paint = Rc::new(move || {
                if let Some(easel) = easel.upgrade() {
                    easel.paint();
                }
            });
            let stage = Stage::new(asset_id, canvas, paint);
            Easel { stage, picture: RefCell::default(), painted: Cell::default() }
        })
    }

    pub fn show(&self, picture: Option<Histogram>) {
        if *self.picture.borrow() != picture {
            self.picture.replace(picture);
            self.painted.set(None);
        }
        self.paint();
    }

    fn paint(&self) {
        let Some(stage) = self.stage.as_ref().filter(|stage| stage.is_in_view()) else { return };
        let key = Some((stage.css_size(), canvas::theme()));
        if self.painted.replace(key) == key {
            return;
        }
        let Some(area) = stage.area() else { return };
        // A canvas that takes no drawing has lost its memory; the next change tries again.
        if histogram::draw(&area, self.picture.borrow().as_ref(), canvas::pixel_ratio(), &canvas::palette()).is_err() {
            self.painted.set(None);
        }
    }
}
