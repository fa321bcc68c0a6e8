//! A register as one block of bytes, for loading it again quickly and for freezing an assessment.
//!
//! The bytes are the columns of [`crate::store`] in little-endian order behind a header: a magic word,
//! the version of the format, the catalog's hash (columns are numbered by its dictionary) and a
//! checksum. The checksum finds damage, not forgery. Every length is checked against the bytes that
//! are left before anything is allocated for it.

use crate::read::Register;
use crate::store::{
    Blanket, Disposition, Engagement, Evidence, FactRuling, Member, Observations, Origin, OutcomeRuling,
    Ruled, RulingTarget, Sample, Slot, Source, Spot, Store, Strings, Things,
};
use hegui_catalog::model::{Catalog, Place};
use hegui_logic::schema::{KindId, RelationId, Schema};
use hegui_logic::truth::Outcome;
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"HEGUIREG";
/// Goes up whenever the layout changes; an older snapshot is made again from its files.
const VERSION: u32 = 2;

/// Why bytes are no snapshot of a register.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// They do not begin like one.
    #[error("these bytes are no register snapshot")]
    NoSnapshot,
    /// It was written by another version.
    #[error(
        "the snapshot has format {found}, this program reads {expected}; make it again from the register's files"
    )]
    Version {
        /// The version in the header.
        found: u32,
        /// The version that is read.
        expected: u32,
    },
    /// It was made with another catalog.
    #[error(
        "the snapshot was made with another catalog (`{found}`); make it again from the register's files"
    )]
    Catalog {
        /// The hash of that catalog.
        found: String,
    },
    /// It is cut off, damaged, or does not fit the catalog's dictionary.
    #[error("the snapshot is damaged: {0}")]
    Damaged(&'static str),
}

impl Register {
    /// The register as bytes. Give the catalog that it was read with.
    #[must_use]
    pub fn to_snapshot(&self, catalog: &Catalog) -> Vec<u8> {
        let mut body = Writer::default();
        body.text(&catalog.hash);
        body.store(&self.store);
        let mut bytes = Vec::with_capacity(body.bytes.len() + 16);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&crc32fast::hash(&body.bytes).to_le_bytes());
        bytes.extend_from_slice(&body.bytes);
        bytes
    }

    /// The register that bytes hold.
    ///
    /// # Errors
    /// When they are no snapshot, damaged, of another version or of another catalog.
    pub fn from_snapshot(bytes: &[u8], catalog: &Catalog) -> Result<Self, SnapshotError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(SnapshotError::NoSnapshot)?;
        let mut header = Reader { bytes: rest };
        let (version, checksum) = (header.u32()?, header.u32()?);
        if version != VERSION {
            return Err(SnapshotError::Version { found: version, expected: VERSION });
        }
        if crc32fast::hash(header.bytes) != checksum {
            return Err(SnapshotError::Damaged("its checksum does not fit"));
        }
        let found = header.text()?;
        if found != catalog.hash {
            return Err(SnapshotError::Catalog { found });
        }
        let store = header.store()?;
        if !header.bytes.is_empty() {
            return Err(SnapshotError::Damaged("there are bytes behind its end"));
        }
        fits(&store, &catalog.schema)?;
        Ok(Self { store: Arc::new(store) })
    }
}

/// Columns are as many and as long as the dictionary and the things demand.
fn fits(store: &Store, schema: &Schema) -> Result<(), SnapshotError> {
    let wrong = Err(SnapshotError::Damaged("it does not fit the dictionary"));
    if store.kinds.len() != schema.kinds.len() {
        return wrong;
    }
    for (things, kind) in store.kinds.iter().zip(&schema.kinds) {
        let rows = things.ids.len();
        let columns = things.facts.len() == kind.fields.len()
            && things.lists.len() == kind.relations.len()
            && things.complete.len() == kind.relations.len();
        let all = things.facts.iter().chain(&things.lists).chain(&things.complete);
        let sound = |seen: &Observations| {
            let n = seen.rows.len();
            let values = [seen.words.len(), seen.sets.len(), seen.ends.len()].contains(&n);
            let inside = seen.rows.last().is_none_or(|row| (*row as usize) < rows);
            n == seen.origins.len() && n == seen.spots.len() && values && inside && seen.rows.is_sorted()
        };
        if !columns || things.spots.len() != rows || things.by_id.len() != rows || !all.into_iter().all(sound)
        {
            return wrong;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn i64(&mut self, value: i64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.u32(text.len() as u32);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn perhaps(&mut self, text: Option<&String>) {
        self.u32(u32::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn maybe(&mut self, value: Option<i64>) {
        self.u32(u32::from(value.is_some()));
        self.i64(value.unwrap_or(0));
    }

    fn u32s(&mut self, values: &[u32]) {
        self.u32(values.len() as u32);
        self.bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    fn list<T>(&mut self, values: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.u32(values.len() as u32);
        for value in values {
            write(self, value);
        }
    }

    fn observations(&mut self, seen: &Observations) {
        self.u32s(&seen.rows);
        self.u32s(&seen.origins);
        self.u32(seen.spots.len() as u32);
        self.bytes.extend(seen.spots.iter().flat_map(|spot| spot.0.to_le_bytes()));
        self.u32(seen.words.len() as u32);
        self.bytes.extend(seen.words.iter().flat_map(|word| word.to_le_bytes()));
        self.u32(seen.sets.len() as u32);
        self.bytes.extend(seen.sets.iter().flat_map(|set| set.to_le_bytes()));
        self.u32s(&seen.ends);
        self.u32s(&seen.members);
    }

    fn place(&mut self, place: &Place) {
        self.text(&place.file);
        self.u32(place.line);
        self.u32(place.column);
    }

    fn store(&mut self, store: &Store) {
        self.list(&store.files, |w, file| w.text(file));
        self.text(&store.strings.text);
        self.u32s(&store.strings.ends);
        self.list(&store.origins, Self::origin);
        self.list(&store.kinds, |w, things| {
            w.u32s(&things.ids);
            w.u32(things.spots.len() as u32);
            w.bytes.extend(things.spots.iter().flat_map(|spot| spot.0.to_le_bytes()));
            w.u32s(&things.by_id);
            for columns in [&things.facts, &things.lists, &things.complete] {
                w.list(columns, Self::observations);
            }
        });
        self.list(&store.blankets, |w, said| {
            w.u32(said.at.0.0.into());
            w.u32(said.at.1);
            w.u32(said.relation.0.0.into());
            w.u32(said.relation.1.0.into());
            w.u32(said.complete.into());
            w.u32(said.origin);
            w.i64(said.spot.0 as i64);
        });
        self.list(&store.fact_rulings, Self::fact_ruling);
        self.list(&store.outcome_rulings, Self::outcome_ruling);
        self.list(&store.evidence, |w, piece| {
            w.text(&piece.id);
            w.text(&piece.title);
            w.perhaps(piece.file.as_ref());
            w.perhaps(piece.url.as_ref());
            w.perhaps(piece.sha256.as_ref());
            w.maybe(piece.on);
            w.place(&piece.place);
        });
        self.list(store.engagement.as_slice(), Self::engagement);
        self.list(&store.dispositions, Self::disposition);
    }

    fn engagement(&mut self, engagement: &Engagement) {
        for said in [
            &engagement.number,
            &engagement.commissioner,
            &engagement.firm,
            &engagement.purpose,
            &engagement.boundary,
        ] {
            self.perhaps(said.as_ref());
        }
        let (period, covers) = (engagement.period, engagement.covers);
        for day in [period.0, period.1, covers.0, covers.1, engagement.adjust_until, engagement.opinion_on] {
            self.maybe(day);
        }
        self.list(&engagement.restrictions, |w, line| w.text(line));
        self.list(&engagement.team, |w, member| {
            w.text(&member.name);
            w.text(&member.role);
            w.perhaps(member.qualification.as_ref());
        });
        self.place(&engagement.place);
    }

    fn disposition(&mut self, made: &Disposition) {
        self.text(&made.requirement);
        self.u32(made.kind.0.into());
        self.u32(made.row);
        for said in [&made.way, &made.by, &made.role, &made.reasons] {
            self.text(said);
        }
        self.i64(made.on);
        self.perhaps(made.owner.as_ref());
        self.perhaps(made.risk.as_ref());
        self.maybe(made.due);
        self.maybe(made.done_on);
        self.list(&made.evidence, |w, id| w.text(id));
        self.place(&made.place);
    }

    fn origin(&mut self, origin: &Origin) {
        self.u32(origin.source as u32);
        self.u32(origin.by);
        self.i64(origin.valid_from);
        self.maybe(origin.valid_until);
        self.i64(origin.recorded);
        self.u32s(&origin.evidence);
        self.u32(origin.reasons);
        self.list(origin.sample.as_slice(), |w, sample| {
            w.i64(sample.population as i64);
            w.text(&sample.method);
            w.maybe(sample.seed);
            w.maybe(sample.drawn);
            w.i64(sample.size as i64);
            w.i64(sample.deviations as i64);
        });
    }

    fn fact_ruling(&mut self, ruling: &FactRuling) {
        self.u32(ruling.kind.0.into());
        self.u32(ruling.row);
        let (sort, at) = match ruling.slot {
            Slot::Field(at) => (0, at),
            Slot::List(at) => (1, at),
        };
        self.u32(sort);
        self.u32(at.into());
        match &ruling.value {
            Ruled::Word(word) => {
                self.u32(0);
                self.i64(*word);
            }
            Ruled::Set(set) => {
                self.u32(1);
                self.bytes.extend_from_slice(&set.to_le_bytes());
            }
            Ruled::List(rows) => {
                self.u32(2);
                self.u32s(rows);
            }
        }
        self.text(&ruling.by);
        self.text(&ruling.role);
        self.i64(ruling.on);
        self.text(&ruling.reasons);
        self.i64(ruling.spot.0 as i64);
    }

    fn outcome_ruling(&mut self, ruling: &OutcomeRuling) {
        let (sort, name) = match &ruling.target {
            RulingTarget::Requirement(id) => (0, id),
            RulingTarget::Clause(number) => (1, number),
        };
        self.u32(sort);
        self.text(name);
        self.u32(ruling.kind.0.into());
        self.u32(ruling.row);
        self.u32(OUTCOMES.iter().position(|outcome| *outcome == ruling.outcome).unwrap_or(0) as u32);
        self.perhaps(ruling.grade.as_ref());
        self.text(&ruling.by);
        self.text(&ruling.role);
        self.i64(ruling.on);
        self.text(&ruling.reasons);
        self.perhaps(ruling.weighed.as_ref());
        self.place(&ruling.place);
    }
}

/// Outcomes by their number in a snapshot.
const OUTCOMES: [Outcome; 4] = [Outcome::Met, Outcome::Gap, Outcome::NotApplicable, Outcome::Unknown];

/// What is left to read.
struct Reader<'a> {
    bytes: &'a [u8],
}

type Read<T> = Result<T, SnapshotError>;

const CUT: SnapshotError = SnapshotError::Damaged("it ends too early");
const ODD: SnapshotError = SnapshotError::Damaged("it holds a number that means nothing");

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Read<&'a [u8]> {
        let (head, rest) = self.bytes.split_at_checked(count).ok_or(CUT)?;
        self.bytes = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or(CUT)?;
        self.bytes = rest;
        Ok(*head)
    }

    fn u32(&mut self) -> Read<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u16(&mut self) -> Read<u16> {
        u16::try_from(self.u32()?).map_err(|_| ODD)
    }

    fn i64(&mut self) -> Read<i64> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    fn flag(&mut self) -> Read<bool> {
        match self.u32()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(ODD),
        }
    }

    fn text(&mut self) -> Read<String> {
        let count = self.u32()? as usize;
        let text = std::str::from_utf8(self.take(count)?);
        text.map(str::to_owned).map_err(|_| SnapshotError::Damaged("a text is not UTF-8"))
    }

    fn perhaps(&mut self) -> Read<Option<String>> {
        if self.flag()? { self.text().map(Some) } else { Ok(None) }
    }

    fn maybe(&mut self) -> Read<Option<i64>> {
        let there = self.flag()?;
        let value = self.i64()?;
        Ok(there.then_some(value))
    }

    /// Words of `N` bytes each.
    fn words<const N: usize, T>(&mut self, word: impl Fn([u8; N]) -> T) -> Read<Vec<T>> {
        let count = self.u32()? as usize;
        let bytes = self.take(count.checked_mul(N).ok_or(CUT)?)?;
        Ok(bytes.as_chunks::<N>().0.iter().map(|chunk| word(*chunk)).collect())
    }

    fn u32s(&mut self) -> Read<Vec<u32>> {
        self.words(u32::from_le_bytes)
    }

    fn spots(&mut self) -> Read<Vec<Spot>> {
        self.words(|bytes| Spot(u64::from_le_bytes(bytes)))
    }

    /// A list, each member of which takes at least four bytes.
    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = self.u32()? as usize;
        if count > self.bytes.len() / 4 {
            return Err(CUT);
        }
        (0..count).map(|_| read(self)).collect()
    }

    fn observations(&mut self) -> Read<Observations> {
        Ok(Observations {
            rows: self.u32s()?,
            origins: self.u32s()?,
            spots: self.spots()?,
            words: self.words(i64::from_le_bytes)?,
            sets: self.words(u128::from_le_bytes)?,
            ends: self.u32s()?,
            members: self.u32s()?,
        })
    }

    fn place(&mut self) -> Read<Place> {
        Ok(Place { file: self.text()?, line: self.u32()?, column: self.u32()? })
    }

    fn store(&mut self) -> Read<Store> {
        Ok(Store {
            files: self.list(Self::text)?,
            strings: Strings { text: self.text()?, ends: self.u32s()? },
            origins: self.list(Self::origin)?,
            kinds: self.list(|r| {
                Ok(Things {
                    ids: r.u32s()?,
                    spots: r.spots()?,
                    by_id: r.u32s()?,
                    facts: r.list(Self::observations)?,
                    lists: r.list(Self::observations)?,
                    complete: r.list(Self::observations)?,
                })
            })?,
            blankets: self.list(Self::blanket)?,
            fact_rulings: self.list(Self::fact_ruling)?,
            outcome_rulings: self.list(Self::outcome_ruling)?,
            evidence: self.list(Self::evidence)?,
            engagement: self.list(Self::engagement)?.pop(),
            dispositions: self.list(Self::disposition)?,
        })
    }

    fn engagement(&mut self) -> Read<Engagement> {
        Ok(Engagement {
            number: self.perhaps()?,
            commissioner: self.perhaps()?,
            firm: self.perhaps()?,
            purpose: self.perhaps()?,
            boundary: self.perhaps()?,
            period: (self.maybe()?, self.maybe()?),
            covers: (self.maybe()?, self.maybe()?),
            adjust_until: self.maybe()?,
            opinion_on: self.maybe()?,
            restrictions: self.list(Self::text)?,
            team: self
                .list(|r| Ok(Member { name: r.text()?, role: r.text()?, qualification: r.perhaps()? }))?,
            place: self.place()?,
        })
    }

    fn disposition(&mut self) -> Read<Disposition> {
        let (requirement, kind, row) = (self.text()?, KindId(self.u16()?), self.u32()?);
        let (way, by, role, reasons) = (self.text()?, self.text()?, self.text()?, self.text()?);
        Ok(Disposition {
            requirement,
            kind,
            row,
            way,
            by,
            role,
            on: self.i64()?,
            reasons,
            owner: self.perhaps()?,
            risk: self.perhaps()?,
            due: self.maybe()?,
            done_on: self.maybe()?,
            evidence: self.list(Self::text)?,
            place: self.place()?,
        })
    }

    fn blanket(&mut self) -> Read<Blanket> {
        Ok(Blanket {
            at: (KindId(self.u16()?), self.u32()?),
            relation: (KindId(self.u16()?), RelationId(self.u16()?)),
            complete: self.flag()?,
            origin: self.u32()?,
            spot: Spot(self.i64()? as u64),
        })
    }

    fn origin(&mut self) -> Read<Origin> {
        Ok(Origin {
            source: Source::ALL.get(self.u32()? as usize).copied().ok_or(ODD)?,
            by: self.u32()?,
            valid_from: self.i64()?,
            valid_until: self.maybe()?,
            recorded: self.i64()?,
            evidence: self.u32s()?,
            reasons: self.u32()?,
            sample: self.list(Self::sample)?.pop(),
        })
    }

    fn sample(&mut self) -> Read<Sample> {
        Ok(Sample {
            population: self.i64()? as u64,
            method: self.text()?,
            seed: self.maybe()?,
            drawn: self.maybe()?,
            size: self.i64()? as u64,
            deviations: self.i64()? as u64,
        })
    }

    fn fact_ruling(&mut self) -> Read<FactRuling> {
        let (kind, row) = (KindId(self.u16()?), self.u32()?);
        let slot = match (self.flag()?, self.u16()?) {
            (false, at) => Slot::Field(at),
            (true, at) => Slot::List(at),
        };
        let value = match self.u32()? {
            0 => Ruled::Word(self.i64()?),
            1 => Ruled::Set(u128::from_le_bytes(self.array()?)),
            2 => Ruled::List(self.u32s()?),
            _ => return Err(ODD),
        };
        let (by, role, on) = (self.text()?, self.text()?, self.i64()?);
        let (reasons, spot) = (self.text()?, Spot(self.i64()? as u64));
        Ok(FactRuling { kind, row, slot, value, by, role, on, reasons, spot })
    }

    fn outcome_ruling(&mut self) -> Read<OutcomeRuling> {
        let target = match (self.flag()?, self.text()?) {
            (false, id) => RulingTarget::Requirement(id),
            (true, number) => RulingTarget::Clause(number),
        };
        Ok(OutcomeRuling {
            target,
            kind: KindId(self.u16()?),
            row: self.u32()?,
            outcome: OUTCOMES.get(self.u32()? as usize).copied().ok_or(ODD)?,
            grade: self.perhaps()?,
            by: self.text()?,
            role: self.text()?,
            on: self.i64()?,
            reasons: self.text()?,
            weighed: self.perhaps()?,
            place: self.place()?,
        })
    }

    fn evidence(&mut self) -> Read<Evidence> {
        Ok(Evidence {
            id: self.text()?,
            title: self.text()?,
            file: self.perhaps()?,
            url: self.perhaps()?,
            sha256: self.perhaps()?,
            on: self.maybe()?,
            place: self.place()?,
        })
    }
}
