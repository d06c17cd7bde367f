//! Who is connected, and who gives way to a newcomer when there is no more room.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Limits;

/// All connections.
#[derive(Debug)]
pub struct Room {
    connections: usize,
    per_address: usize,
    since: Instant,
    seats: Mutex<Seats>,
}

#[derive(Debug, Default)]
struct Seats {
    next: u64,
    taken: BTreeMap<u64, Place>,
}

#[derive(Debug, Clone)]
struct Place {
    address: IpAddr,
    /// Milliseconds of the room's life.
    heard_at: Arc<AtomicU64>,
    give_way: CancellationToken,
}

/// A connection's right to be there; given back when it is dropped.
#[derive(Debug)]
pub struct Seat {
    room: Arc<Room>,
    number: u64,
    place: Place,
}

impl Room {
    pub fn new(limits: &Limits) -> Arc<Room> {
        Arc::new(Room {
            connections: limits.connections.max(1),
            per_address: limits.connections_per_address.max(1),
            since: Instant::now(),
            seats: Mutex::default(),
        })
    }

    /// Lets a newcomer in. Where its address has all the connections that one may have, the one of them that was
    /// silent for longest gives way; where the room is full, the one of the address that has most.
    pub fn enter(self: &Arc<Room>, address: IpAddr) -> Seat {
        let address = neighbourhood(address);
        let mut seats = self.seats();
        let of_address = seats.taken.values().filter(|place| place.address == address).count();
        if of_address >= self.per_address {
            seats.dismiss(address, "all connections of one address (`mqtt.connections_per_address`) are taken");
        } else if seats.taken.len() >= self.connections {
            seats.dismiss_of_most("all connections (`mqtt.connections`) are taken");
        }
        let place = Place { address, heard_at: Arc::default(), give_way: CancellationToken::new() };
        place.heard_at.store(self.age(), Ordering::Relaxed);
        let number = seats.next;
        seats.next += 1;
        seats.taken.insert(number, place.clone());
        Seat { room: self.clone(), number, place }
    }

    /// Has one connection give way, for want of something else than seats.
    pub fn make_room(&self) {
        self.seats().dismiss_of_most("the process may open no more files");
    }

    fn age(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn seats(&self) -> std::sync::MutexGuard<'_, Seats> {
        self.seats.lock().expect("no one panics with the seats in hand")
    }
}

impl Seats {
    fn dismiss_of_most(&mut self, why: &str) {
        let mut counts = BTreeMap::new();
        for place in self.taken.values() {
            *counts.entry(place.address).or_insert(0) += 1;
        }
        if let Some((address, _)) = counts.into_iter().max_by_key(|(_, count)| *count) {
            self.dismiss(address, why);
        }
    }

    fn dismiss(&mut self, address: IpAddr, why: &str) {
        let of_address = self.taken.iter().filter(|(_, place)| place.address == address);
        // Seats are numbered as they are taken: of two that are silent for as long, the older one goes.
        let quietest = of_address.min_by_key(|(_, place)| place.heard_at.load(Ordering::Relaxed));
        if let Some((&number, _)) = quietest
            && let Some(place) = self.taken.remove(&number)
        {
            tracing::warn!(%address, "{why}: the one that was silent for longest gives way");
            place.give_way.cancel();
        }
    }
}

impl Seat {
    /// Notes that the client was heard just now.
    pub fn heard(&self) {
        self.place.heard_at.store(self.room.age(), Ordering::Relaxed);
    }

    /// Returns once this connection is to give way.
    pub async fn wanted(&self) {
        self.place.give_way.cancelled().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.seats().taken.remove(&self.number);
    }
}

/// Whom an address stands for: one machine, which has 2^64 addresses of IPv6 to itself.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(connections: usize, connections_per_address: usize) -> Arc<Room> {
        Room::new(&Limits { connections, connections_per_address, ..Limits::default() })
    }

    fn enter(room: &Arc<Room>, address: &str) -> Seat {
        room.enter(address.parse().unwrap())
    }

    fn has_to_go(seat: &Seat) -> bool {
        seat.place.give_way.is_cancelled()
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_silent_connection_of_the_fullest_address_gives_way() {
        let room = room(4, 3);
        let many = [enter(&room, "10.0.0.1"), enter(&room, "10.0.0.1"), enter(&room, "10.0.0.1")];
        let other = enter(&room, "10.0.0.2");
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        many[0].heard();
        let newcomer = enter(&room, "10.0.0.3");
        assert_eq!(many.each_ref().map(has_to_go), [false, true, false]);
        assert!(!has_to_go(&other) && !has_to_go(&newcomer));
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_takes_no_more_than_its_share() {
        let room = room(100, 2);
        let [first, second] = [enter(&room, "10.0.0.1"), enter(&room, "10.0.0.1")];
        let mapped = enter(&room, "::ffff:10.0.0.1");
        assert!(has_to_go(&first) && !has_to_go(&second) && !has_to_go(&mapped));
        drop(second);
        assert!(!has_to_go(&enter(&room, "10.0.0.1")));
        assert!(!has_to_go(&mapped));
    }

    #[test]
    fn a_machine_s_addresses_of_ipv6_count_as_one() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }
}
