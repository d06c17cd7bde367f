//! All who watch: how many there may be, from where, and what many of them ask for at once.

use std::{
    collections::BTreeMap,
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub use super::moments::Moments;

/// How many sockets there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub total: usize,
    /// From one address. This machine's own is not counted: a proxy speaks from it for everybody.
    pub per_address: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { total: 8_192, per_address: 512 }
    }
}

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    Total(usize),
    PerAddress(usize),
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Full::Total(most) => write!(f, "{most} viewers are there already, which is as many as there may be"),
            Full::PerAddress(most) => write!(f, "{most} viewers come from your address, which is as many as may"),
        }
    }
}

/// Everyone who watches this server.
#[derive(Debug)]
pub struct Viewers {
    limits: Limits,
    present: Mutex<Present>,
    pub moments: Moments,
}

#[derive(Debug, Default)]
struct Present {
    total: usize,
    by_address: BTreeMap<IpAddr, usize>,
}

/// Room for one viewer, given back when dropped.
#[derive(Debug)]
pub struct Place {
    viewers: Arc<Viewers>,
    address: IpAddr,
}

impl Viewers {
    /// Room for viewers of so many assets.
    pub fn new(limits: Limits, assets: usize) -> Viewers {
        Viewers { limits, present: Mutex::default(), moments: Moments::new(assets) }
    }

    /// How many are there.
    pub fn count(&self) -> usize {
        self.present().total
    }

    /// Takes in one more from `address`, or says why not.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let address = address.to_canonical();
        let mut present = self.present();
        if present.total >= self.limits.total {
            return Err(Full::Total(self.limits.total));
        }
        if !address.is_loopback() {
            let of_address = present.by_address.entry(address).or_default();
            if *of_address >= self.limits.per_address {
                return Err(Full::PerAddress(self.limits.per_address));
            }
            *of_address += 1;
        }
        present.total += 1;
        Ok(Place { viewers: self.clone(), address })
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut present = self.viewers.present();
        present.total -= 1;
        if let Some(of_address) = present.by_address.get_mut(&self.address) {
            *of_address -= 1;
            if *of_address == 0 {
                present.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewers() -> Arc<Viewers> {
        Arc::new(Viewers::new(Limits { total: 5, per_address: 2 }, 0))
    }

    #[test]
    fn one_address_leaves_room_for_others() {
        let viewers = viewers();
        let [near, far]: [IpAddr; 2] = ["10.0.0.7", "10.0.0.8"].map(|text| text.parse().unwrap());
        let mut places: Vec<Place> = (0..2).map(|_| viewers.admit(near).unwrap()).collect();
        assert_eq!(viewers.admit(near).unwrap_err(), Full::PerAddress(2));
        let same = "::ffff:10.0.0.7".parse().unwrap();
        assert_eq!(viewers.admit(same).unwrap_err(), Full::PerAddress(2), "the same address, written otherwise");
        assert!(viewers.admit(far).is_ok());
        places.pop();
        assert!(viewers.admit(near).is_ok());
    }

    #[test]
    fn a_place_is_free_again_once_its_viewer_left() {
        let viewers = viewers();
        let here: IpAddr = "127.0.0.1".parse().unwrap();
        let places: Vec<Place> = (0..5).map(|_| viewers.admit(here).unwrap()).collect();
        assert_eq!(viewers.admit(here).unwrap_err(), Full::Total(5));
        drop(places);
        assert_eq!(viewers.count(), 0);
        assert!(viewers.admit(here).is_ok());
        assert!(viewers.present().by_address.is_empty());
    }
}
