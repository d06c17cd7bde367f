//! Which assets of a fleet are shown, and in which order: what was asked for, and how urgent each of them is.

mod ask;
mod urgency;

use std::cmp::Ordering;

use twin::id::AssetId;

pub use self::{
    ask::{Ask, Layout, Sort},
    urgency::{Class, Urgency, urgencies_of, urgency},
};
use super::Live;

/// What of an asset is searched for and sorted by.
#[derive(Debug, Clone)]
pub struct Place {
    pub title: String,
    pub path: String,
    /// All that is searched, in small letters.
    words: String,
}

impl Place {
    pub fn new(id: &AssetId, title: &str, path: &str) -> Place {
        let words = [title, path, id.as_str()].join(" ").to_ascii_lowercase();
        Place { title: title.to_string(), path: path.to_string(), words }
    }
}

/// All assets as they are sorted, in the plant's order: where they stand, and how urgent they are.
#[derive(Debug, Clone, Default)]
pub struct Ranking {
    pub places: Vec<Place>,
    pub urgencies: Vec<Urgency>,
}

impl Ranking {
    pub fn of(live: Live) -> Ranking {
        let mut ranking = Ranking::default();
        live.fleet(|fleet| {
            for asset in fleet.order.iter().filter_map(|id| fleet.asset(id)) {
                ranking.places.push(Place::new(&asset.view.id, &asset.view.title, &asset.view.path));
            }
        });
        ranking.urgencies = urgencies_of(live);
        ranking
    }

    /// The numbers of the assets that are asked for, in their order.
    pub fn choose(&self, ask: &Ask) -> Vec<usize> {
        // Each goes after all that do not come after it: a sort of its own would be a hundred times the code.
        let mut chosen: Vec<usize> = Vec::new();
        for (number, place) in self.places.iter().enumerate() {
            let is_asked = ask.has(place) && ask.class.is_none_or(|class| self.urgencies[number].is(class));
            if is_asked {
                let at = chosen.partition_point(|other| self.compare(ask.sort, *other, number).is_le());
                chosen.insert(at, number);
            }
        }
        chosen
    }

    fn compare(&self, sort: Sort, a: usize, b: usize) -> Ordering {
        let (one, other) = (self.urgencies[a], self.urgencies[b]);
        let (a, b) = (&self.places[a], &self.places[b]);
        match sort {
            Sort::Urgency => one.cmp(&other),
            Sort::Name => a.title.cmp(&b.title),
            Sort::Path => by_segment(&a.path, &b.path).then_with(|| a.title.cmp(&b.title)),
        }
    }

    /// How many assets there are at the site with every word, and how many of each class: what is silent may be of another
    /// one, too.
    pub fn counts(&self, ask: &Ask) -> (usize, [usize; 5]) {
        let (mut all, mut counts) = (0, [0; 5]);
        let asked = self.places.iter().zip(&self.urgencies).filter(|(place, _)| ask.has(place));
        for (_, urgency) in asked {
            all += 1;
            for (count, class) in counts.iter_mut().zip(Class::ALL) {
                *count += usize::from(urgency.is(class));
            }
        }
        (all, counts)
    }

    /// The groups of the plant: all of the first level, and those one below `site` and all above it; none where all
    /// assets stand in one place.
    pub fn groups(&self, site: &str) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (place, urgency) in self.places.iter().zip(&self.urgencies) {
            let path = place.path.as_str();
            for end in path.match_indices('/').map(|(at, _)| at).chain([path.len()]).filter(|end| *end > 0) {
                let at = groups.partition_point(|group| by_segment(&group.path, &path[..end]).is_lt());
                if groups.get(at).is_none_or(|group| group.path != path[..end]) {
                    groups.insert(at, Group { path: path[..end].to_string(), assets: 0, abnormal: 0 });
                }
                groups[at].assets += 1;
                groups[at].abnormal += usize::from(urgency.class == Class::Abnormal);
            }
        }
        let firsts = groups.iter().filter(|group| !group.path.contains('/')).count();
        let is_shown = |group: &Group| match group.path.rsplit_once('/') {
            None => true,
            // One site alone opens by itself.
            Some((parent, _)) => is_below(site, parent) || (firsts == 1 && !parent.contains('/')),
        };
        groups.retain(is_shown);
        groups
    }
}

/// A site, an area or a line: what the assets' paths have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub path: String,
    pub assets: usize,
    pub abnormal: usize,
}

/// `north` and all below it come before `north-east`.
fn by_segment(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

/// Whether `path` is `site` or below it; everything is below nothing.
fn is_below(path: &str, site: &str) -> bool {
    site.is_empty() || path.strip_prefix(site).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Which of these places, all different, need not move for all to be in order: one of the longest rising rows among them.
pub fn staying(places: &[usize]) -> Vec<bool> {
    // Of the rising rows of each length that ends lowest, where it ends; and what comes before each place in its row.
    let (mut ends, mut before) = (Vec::<usize>::new(), vec![None; places.len()]);
    for (at, place) in places.iter().enumerate() {
        let length = ends.partition_point(|end| places[*end] < *place);
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut stays = vec![false; places.len()];
    let mut last = ends.last().copied();
    while let Some(at) = last {
        stays[at] = true;
        last = before[at];
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plant() -> Ranking {
        let all = [
            ("pump-1", "Feed pump", "south/boiler/line-1", (Class::Normal, 0)),
            ("t-1", "Transformer T1", "north/yard", (Class::Soon, 7_200)),
            ("pump-2", "Drain pump", "south/boiler/line-2", (Class::Abnormal, 0)),
            ("t-2", "Transformer T2", "north/yard", (Class::Soon, 60)),
            ("cell", "Cell", "north-east", (Class::Silent, 0)),
        ];
        let place = |(id, title, path, _): (&str, &str, &str, (Class, i64))| {
            Place::new(&AssetId::parse(id).unwrap(), title, path)
        };
        Ranking {
            places: all.map(place).into(),
            urgencies: all.map(|(.., (class, rank))| Urgency { class, rank, is_silent: class == Class::Silent }).into(),
        }
    }

    fn chosen(query: &[(&str, &str)]) -> Vec<&'static str> {
        let said = |name: &str| query.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_string());
        let chosen = plant().choose(&Ask::read(said));
        chosen.into_iter().map(|number| ["pump-1", "t-1", "pump-2", "t-2", "cell"][number]).collect()
    }

    #[test]
    fn the_most_urgent_come_first_unless_another_order_is_asked_for() {
        assert_eq!(chosen(&[]), ["pump-2", "t-2", "t-1", "cell", "pump-1"]);
        assert_eq!(chosen(&[("sort", "name")]), ["cell", "pump-2", "pump-1", "t-1", "t-2"]);
        assert_eq!(chosen(&[("sort", "path")]), ["t-1", "t-2", "cell", "pump-1", "pump-2"]);
        assert_eq!(chosen(&[("sort", "nonsense")]), chosen(&[]));
    }

    #[test]
    fn text_state_and_site_narrow_it_down_together() {
        assert_eq!(chosen(&[("q", "PUMP")]), ["pump-2", "pump-1"]);
        assert_eq!(chosen(&[("q", "pump line-1")]), ["pump-1"]);
        assert_eq!(chosen(&[("state", "soon")]), ["t-2", "t-1"]);
        assert_eq!(chosen(&[("site", "north")]), ["t-2", "t-1"], "not north-east");
        assert_eq!(chosen(&[("site", "south/boiler"), ("state", "normal")]), ["pump-1"]);
        assert!(chosen(&[("q", "nowhere")]).is_empty());
    }

    #[test]
    fn states_are_counted_where_one_looks_whatever_state_is_asked_for() {
        assert_eq!(plant().counts(&Ask::default()), (5, [1, 2, 1, 0, 1]));
        let south = Ask { site: "south".into(), class: Some(Class::Normal), ..Ask::default() };
        assert_eq!(plant().counts(&south), (2, [1, 0, 0, 0, 1]));
    }

    #[test]
    fn what_is_abnormal_and_silent_is_counted_as_both_and_stands_first() {
        let mut plant = plant();
        plant.urgencies[2].is_silent = true;
        assert_eq!(plant.counts(&Ask::default()), (5, [1, 2, 2, 0, 1]));
        assert_eq!(plant.choose(&Ask::default())[0], 2);
        let silent = Ask { class: Some(Class::Silent), ..Ask::default() };
        assert_eq!(plant.choose(&silent), [2, 4]);
    }

    #[test]
    fn groups_open_as_far_as_one_has_gone_and_count_what_is_abnormal() {
        let told = |site: &str| -> Vec<String> {
            let groups = plant().groups(site);
            groups.iter().map(|group| format!("{} {}/{}", group.path, group.abnormal, group.assets)).collect()
        };
        assert_eq!(told(""), ["north 0/2", "north-east 0/1", "south 1/2"]);
        assert_eq!(told("south"), ["north 0/2", "north-east 0/1", "south 1/2", "south/boiler 1/2"]);
        let deep = ["south/boiler 1/2", "south/boiler/line-1 0/1", "south/boiler/line-2 1/1"];
        assert_eq!(told("south/boiler")[3..], deep);
        assert_eq!(told("south/boiler/line-1")[3..], deep);
        let one = Ranking { places: plant().places[..1].into(), urgencies: plant().urgencies };
        assert_eq!(
            one.groups("").iter().map(|group| group.path.as_str()).collect::<Vec<_>>(),
            ["south", "south/boiler"]
        );
    }

    #[test]
    fn one_that_goes_back_moves_alone() {
        assert_eq!(staying(&[0, 1, 2, 3]), [true; 4]);
        // The first was put behind the third.
        assert_eq!(staying(&[1, 2, 0, 3]), [true, true, false, true]);
        // The last came to the front.
        assert_eq!(staying(&[3, 0, 1, 2]), [false, true, true, true]);
        assert_eq!(staying(&[3, 2, 1, 0]).iter().filter(|stays| **stays).count(), 1);
        assert!(staying(&[]).is_empty());
    }
}
