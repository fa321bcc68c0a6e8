//! What conclusions rest on without being checked: "these are all", judgements, rulings, samples.

use crate::assessment::{Assessment, Ruled};
use crate::view::{AssumptionView, OriginView};
use crate::words;
use hegui_catalog::model::{Requirement, Text};
use hegui_logic::bits::Bits;
use hegui_logic::calendar::format_date;
use hegui_logic::plan::{Plan, Read};
use hegui_logic::schema::{KindId, RelationId};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::FactKey;
use hegui_register::RulingTarget;
use std::collections::{BTreeMap, BTreeSet};

impl Assessment<'_> {
    /// What conclusions rest on without being checked.
    pub(super) fn assumptions(&self) -> Vec<AssumptionView> {
        let mut found = self.complete_assumptions();
        found.extend(self.judgement_assumptions());
        found.extend(self.rulings.iter().filter(|r| !r.stale).map(|r| self.ruling_assumption(r)));
        let samples: BTreeSet<&FactKey> = self.sampled.values().collect();
        found.extend(samples.into_iter().map(|key| AssumptionView {
            kind: "sample".to_owned(),
            path: self.assessed.path(key),
            statement: Text {
                zh: "该事实依据抽样得出。".to_owned(),
                en: "this fact rests on a sample".to_owned(),
            },
            origin: self.origin(key),
            ..blank()
        }));
        found
    }

    /// "These are all", list by list; what was said once for everything below is named once.
    fn complete_assumptions(&self) -> Vec<AssumptionView> {
        let mut found = vec![];
        for (kind, relation) in self.relations_read() {
            let title = self.kind_title(self.catalog.schema.kind(kind).relation(relation).to);
            let Some(members) = self.assessed.universe.table(kind).relation(relation) else {
                continue;
            };
            let Some(things) = self.included.lists.get(kind.0 as usize) else { continue };
            let mut blankets = BTreeMap::<String, (usize, usize, Option<OriginView>)>::new();
            for row in members.closed.and(things).iter_ones() {
                let row = row as u32;
                let key = FactKey::Complete(kind, row, relation);
                let origin = self.origin(&key);
                let n = members.of(row).len();
                match origin.as_ref().and_then(|o| o.inherited.clone()) {
                    Some(above) => {
                        let blanket = blankets.entry(above).or_insert((0, 0, origin));
                        blanket.0 += 1;
                        blanket.1 += n;
                    }
                    None => found.push(AssumptionView {
                        kind: "complete".to_owned(),
                        path: self.assessed.path(&key),
                        statement: closed_list(&self.title(kind, row), &title, n),
                        origin,
                        ..blank()
                    }),
                }
            }
            let (below, name) = (self.kind_title(kind), self.relation_name(kind, relation));
            found.extend(blankets.into_iter().map(|(above, (lists, n, origin))| AssumptionView {
                kind: "complete".to_owned(),
                path: format!("{above}: {name} (complete)"),
                statement: Text {
                    zh: format!("各{}的{}均已全部列出（{lists} 份清单，共 {n} 项）。", below.zh, title.zh),
                    en: format!(
                        "every “{}”: the list of “{}” is complete ({lists} lists, {n} in all)",
                        below.en, title.en
                    ),
                },
                origin,
                ..blank()
            }));
        }
        found
    }

    fn relation_name(&self, kind: KindId, relation: RelationId) -> String {
        let kind = self.catalog.schema.kind(kind);
        format!("{}.{}", kind.name, kind.relation(relation).name)
    }

    fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.evaluation.selected.iter().filter_map(|index| self.catalog.requirements.get(*index))
    }

    /// What some selected requirement reads.
    fn read(&self) -> BTreeSet<Read> {
        self.requirements().flat_map(plans).flat_map(Plan::reads).collect()
    }

    /// Relations that some selected requirement reads, or that lead down to its scope.
    fn relations_read(&self) -> BTreeSet<(KindId, RelationId)> {
        let read = self.read().into_iter().filter_map(|read| match read {
            Read::Relation(kind, relation) => Some((kind, relation)),
            _ => None,
        });
        let scopes = self.requirements().filter_map(|requirement| requirement.scope);
        let steps = scopes.flat_map(|kind| crate::scope::steps(&self.catalog.schema, kind));
        read.chain(steps.map(|step| (step.above, step.relation))).collect()
    }

    fn judgement_assumptions(&self) -> Vec<AssumptionView> {
        let mut found = vec![];
        for fact in self.read() {
            let Read::Fact(kind, field) = fact else { continue };
            let Some(entry) = self.catalog.fact(kind, field).filter(|entry| entry.judgement) else {
                continue;
            };
            let fact = self.catalog.schema.kind(kind);
            let fact = format!("{}.{}", fact.name, fact.field(field).name);
            let rows = self.included.things.get(kind.0 as usize).into_iter().flat_map(Bits::iter_ones);
            for row in rows.map(|row| row as u32) {
                let key = FactKey::Fact(kind, row, field);
                let Some(value) = self.assessed.universe.value(kind, row, field) else { continue };
                let thing = |kind, row| self.name(kind, row);
                let value = words::words(self.catalog, &self.assessed.universe, &key, value, &thing);
                let origin = self.origin(&key);
                let by = origin.as_ref().and_then(|origin| origin.by.as_deref()).unwrap_or_default();
                let title = self.title(kind, row);
                found.push(AssumptionView {
                    kind: "judgement".to_owned(),
                    path: self.assessed.path(&key),
                    statement: Text {
                        zh: format!("「{}」{} {}", title.zh, entry.question.zh, value.zh),
                        en: format!("“{}”: {} {}", title.en, entry.question.en, value.en),
                    },
                    group: format!("{fact} @ {by}"),
                    group_text: entry.question.clone(),
                    origin,
                });
            }
        }
        found
    }

    fn ruling_assumption(&self, ruled: &Ruled<'_>) -> AssumptionView {
        let ruling = ruled.ruling;
        let target = match &ruling.target {
            RulingTarget::Requirement(id) => id,
            RulingTarget::Clause(number) => number,
        };
        let (zh, en) = match ruling.outcome {
            Outcome::Met => ("符合", "met"),
            Outcome::Gap => ("不符合", "a gap"),
            Outcome::NotApplicable => ("不适用", "not applicable"),
            Outcome::Unknown => ("未知", "unknown"),
        };
        let (loose_zh, loose_en) = match ruling.weighed {
            Some(_) => ("", ""),
            None => ("（未注明所衡量的事实，不会自动失效）", " (not tied to its parts: it never goes stale)"),
        };
        AssumptionView {
            kind: "ruling".to_owned(),
            path: format!("{target} @ {}", self.thing(ruling.kind, ruling.row)),
            statement: Text {
                zh: format!("{}评定为{zh}：{}{loose_zh}", ruling.by, ruling.reasons),
                en: format!("{} ruled {en}: {}{loose_en}", ruling.by, ruling.reasons),
            },
            origin: Some(OriginView {
                source: "ruling".to_owned(),
                by: Some(ruling.by.clone()),
                on: Some(format_date(ruling.on)),
                reasons: Some(ruling.reasons.clone()),
                place: format!("{}:{}", ruling.place.file, ruling.place.line),
                ..OriginView::default()
            }),
            ..blank()
        }
    }
}

fn plans(requirement: &Requirement) -> impl Iterator<Item = &Plan> {
    [requirement.when_plan.as_ref(), requirement.check_plan.as_ref()].into_iter().flatten()
}

fn blank() -> AssumptionView {
    AssumptionView {
        kind: String::new(),
        path: String::new(),
        statement: Text::default(),
        group: String::new(),
        group_text: Text::default(),
        origin: None,
    }
}

fn closed_list(name: &Text, title: &Text, n: usize) -> Text {
    if n == 0 {
        return Text {
            zh: format!("「{}」没有{}。", name.zh, title.zh),
            en: format!("“{}”: none of the kind “{}”", name.en, title.en),
        };
    }
    Text {
        zh: format!("「{}」的{}共 {n} 项，没有其他。", name.zh, title.zh),
        en: format!("“{}”: the list of “{}” is complete, with {n}", name.en, title.en),
    }
}
