//! A report that holds every verdict, outcome, kind of origin and question once, with long and hostile
//! names; `many` stretches it to thousands of findings.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use hegui_assess::rollup::{Grade, Tally, Verdict};
use hegui_assess::view::*;
use hegui_catalog::model::{Aggregate, ClauseKind, Method, Strength, Text};
use hegui_logic::truth::{Outcome, Truth};

pub const HOSTILE: &str = "<script>alert(\"x\")</script>\u{202e}gnp.exe'&";

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

fn called(path: &str, name: &str) -> ThingView {
    ThingView { path: path.into(), name: name.into(), title: text(name, name) }
}

fn standing(verdict: Verdict, met: u32, gap: u32, unknown: u32) -> StandingView {
    let mut tally = Tally { met, gap, unknown, ..Tally::default() };
    if verdict == Verdict::MetSampled {
        tally.sampled = 1;
    }
    if verdict == Verdict::NotApplicable {
        tally.not_applicable = 4;
    }
    let grade = (gap > 2).then_some(Grade::Major);
    StandingView { verdict, status: verdict.status(), grade, tally }
}

const DIMENSIONS: [(&str, &str, &str, Verdict); 10] = [
    ("5.2", "合法", "lawfulness", Verdict::NotProven),
    ("5.3", "公平诚信", "fairness and good faith", Verdict::Gap),
    ("5.4", "目的限制", "purpose limitation", Verdict::ToBeJudged),
    ("5.5", "最小必要", "minimisation", Verdict::Unknown),
    ("5.6", "公开透明", "openness and transparency", Verdict::Met),
    ("5.7", "个人参与", "participation", Verdict::MetSampled),
    ("5.8", "质量保证", "quality", Verdict::Gap),
    ("5.9", "责任", "accountability", Verdict::NotAssessed),
    ("5.10", "安全保障", "security", Verdict::NotAssessed),
    ("5.11", "存储期限", "retention", Verdict::NotApplicable),
];

fn dimension(n: usize, (number, zh, en, verdict): (&str, &str, &str, Verdict)) -> DimensionView {
    let stages = ["general", "collect", "provide", "export"];
    let verdicts = [verdict, Verdict::Met, Verdict::Gap, Verdict::Unknown];
    let written = verdict != Verdict::NotAssessed;
    let cell = |(stage, verdict): (&str, Verdict)| CellView {
        stage: stage.into(),
        standing: standing(
            verdict,
            12,
            if verdict == Verdict::Gap { 3 } else { 0 },
            if verdict == Verdict::Unknown { 7 } else { 0 },
        ),
    };
    let shown = if written { 1 + n % 4 } else { 1 };
    DimensionView {
        instrument: "t-clast-001.2-2021".into(),
        number: number.into(),
        title: text(zh, en),
        standing: Standing {
            overall: standing(verdict, 30, if verdict == Verdict::Gap { 3 } else { 0 }, 2),
            products: vec![
                standing(verdict, 8, 0, 1),
                standing(Verdict::Met, 9, 0, 0),
                standing(Verdict::Unknown, 0, 0, 4),
            ],
        },
        cells: stages.into_iter().zip(verdicts).take(shown).map(cell).collect(),
    }
}

fn clause(
    number: &str,
    zh: &str,
    en: &str,
    kind: ClauseKind,
    stage: &str,
    standing: StandingView,
) -> ClauseView {
    ClauseView {
        number: number.into(),
        kind,
        title: text(zh, en),
        stage: stage.into(),
        cites: vec!["pipl/13".into(), "pipl/23".into()],
        reading: text(
            "八种特性具备其一即可；未主张的基础不适用。",
            "One of the eight suffices; a basis not claimed does not apply.",
        ),
        limits: text(
            "援引可适用的法，结论受法律变化影响。",
            "It refers to applicable law and changes with it.",
        ),
        on_gap: text(
            "所主张的基础不成立的，如实记录，宜允许重新识别。",
            "A claimed basis that fails is recorded as found.",
        ),
        actions: vec![ActionView {
            method: Method::Review,
            sampling: true,
            derived: true,
            text: text("查阅合法性基础的成文记录。", "Review the written record of the legal basis."),
        }],
        ways: vec![],
        past_stays: false,
        standing,
    }
}

fn indicator(
    number: &str,
    zh: &str,
    en: &str,
    dimension: &str,
    aggregate: Aggregate,
    verdict: Verdict,
) -> IndicatorView {
    let own = standing(verdict, 3, if verdict == Verdict::Gap { 3 } else { 0 }, 1);
    let part = format!("{number}.1");
    IndicatorView {
        instrument: "t-clast-001.2-2021".into(),
        number: number.into(),
        title: text(zh, en),
        dimension: dimension.into(),
        aggregate,
        standing: Standing {
            overall: own.clone(),
            products: vec![own.clone(), standing(Verdict::Met, 1, 0, 0), own.clone()],
        },
        clauses: vec![
            clause(number, zh, en, ClauseKind::Indicator, "general", own.clone()),
            clause(&part, "特性", "characteristic", ClauseKind::Characteristic, "general", own.clone()),
            clause(
                "6.6.7.1",
                "向第三方提供的单独同意",
                "separate consent for provision",
                ClauseKind::Extension,
                "provide",
                own,
            ),
        ],
    }
}

fn origin(source: &str) -> OriginView {
    OriginView {
        source: source.into(),
        by: Some("张三".into()),
        on: Some("2026-03-02".into()),
        evidence: vec!["E-014".into(), "E-404".into()],
        reasons: (source == "judgement").then(|| "目的与业务功能直接相关，经三人评议。".into()),
        place: "activities/订单 履行.toml:14".into(),
        inherited: (source == "document").then(|| "product.app".into()),
    }
}

fn because(thing: &str, outcome: Outcome) -> Vec<ReasonView> {
    let truth = match outcome {
        Outcome::Met | Outcome::NotApplicable => Truth::True,
        Outcome::Gap => Truth::False,
        Outcome::Unknown => Truth::Unknown,
    };
    let known = |path: &str, zh: &str, en: &str, source: &str| FactView {
        path: format!("{thing}.{path}"),
        value: Some(text(zh, en)),
        unknown: None,
        origin: Some(origin(source)),
    };
    let missing = FactView {
        path: format!("{thing}.separate"),
        value: None,
        unknown: Some("never_stated".into()),
        origin: None,
    };
    let second =
        if outcome == Outcome::Unknown { missing } else { known("separate", "否", "false", "document") };
    vec![
        ReasonView {
            depth: 0,
            expression: "provision.recipients.all(r, r.told) && provision.consent.separate".into(),
            truth,
            about: None,
            facts: vec![],
            more: if outcome == Outcome::Unknown { 780 } else { 0 },
        },
        ReasonView {
            depth: 1,
            expression: "r.told".into(),
            truth,
            about: Some(called("party.courier", "顺达快递")),
            facts: vec![known("told", "政策告知", "policy notice", "interview")],
            more: 0,
        },
        ReasonView {
            depth: 1,
            expression: "provision.consent.separate".into(),
            truth,
            about: None,
            facts: vec![second],
            more: 0,
        },
    ]
}

fn finding(requirement: &str, thing: &str, name: &str, outcome: Outcome, strength: Strength) -> FindingView {
    let clause = requirement.rsplit_once('-').map_or(requirement, |(c, _)| c);
    FindingView {
        requirement: requirement.into(),
        clause: clause.into(),
        instrument: "t-clast-001.2-2021".into(),
        thing: thing.into(),
        name: name.into(),
        title: text(name, name),
        product: Some("product.app".into()),
        stage: "provide".into(),
        strength,
        outcome,
        computed: None,
        ruling: None,
        sample: None,
        disposition: None,
        existence: false,
        missing: if outcome == Outcome::Unknown { vec![format!("{thing}.separate")] } else { vec![] },
        missing_more: if outcome == Outcome::Unknown { 780 } else { 0 },
        because: because(thing, outcome),
        text: text(
            "向第三方提供个人信息前，已向个人信息主体告知接收方的名称、联系方式、处理目的、处理方式和个人信息的种类，并取得其单独同意。",
            "Before provision the data subject was told the recipient's name, contact, purpose, manner and kinds of data, and gave separate consent.",
        ),
        remedy: text(
            "在提供前增加单独弹窗，逐一列明接收方，并留存同意记录。",
            "Ask in a separate dialogue that names each recipient, and keep the record.",
        ),
        replaced_by: if outcome == Outcome::NotApplicable { vec!["6.6.7.2-informed".into()] } else { vec![] },
        fingerprint: "9f2c1a7d".into(),
    }
}

fn ruling(outcome: Option<Outcome>, grade: Option<Grade>, stale: bool) -> RulingView {
    RulingView {
        outcome,
        grade,
        by: "李四".into(),
        role: "评估员".into(),
        role_title: text("评估员", "评估员"),
        on: "2026-06-12".into(),
        reasons: "接收方为受托人而非第三方，合同第 4 条已限定目的。".into(),
        stale,
        tied: grade.is_none(),
    }
}

fn findings() -> Vec<FindingView> {
    use Outcome::{Gap, Met, NotApplicable, Unknown};
    let mut findings = vec![
        finding("6.6.7.1-separate", "provision.courier", "向快递公司提供收件信息", Gap, Strength::Shall),
        finding("6.6.7.1-separate", "provision.ads", HOSTILE, Gap, Strength::Shall),
        finding(
            "5.3.3-honest",
            "document.policy",
            "\u{645}\u{62d}\u{645}\u{62f} (隐私政策)",
            Gap,
            Strength::Shall,
        ),
        finding("5.8.6-review", "organisation.shop", "示例零售有限公司", Gap, Strength::Should),
        finding(
            "5.2.2-identified",
            "activity.profiling",
            &"用户画像与个性化推荐活动（含站内外广告）".repeat(4),
            Unknown,
            Strength::Shall,
        ),
        finding("6.6.2-recipients", "product.app", "购物 App", Unknown, Strength::Shall),
        finding("5.7.2-answered", "right.access", "查阅请求", Met, Strength::Shall),
        finding("5.4.2-clear", "activity.order", "订单履行", Met, Strength::Shall),
        finding("5.11.6-deleted", "termination.x", "终止", NotApplicable, Strength::Shall),
    ];
    for (n, finding) in findings.iter_mut().enumerate() {
        match n {
            0 => finding.ruling = Some(ruling(None, Some(Grade::Major), false)),
            2 => finding.ruling = Some(ruling(Some(Met), None, true)),
            3 => finding.product = None,
            5 => {
                finding.existence = true;
                finding.because.clear();
                finding.missing = vec!["product.app.recipients (complete)".into()];
            }
            6 => {
                finding.sample = Some(SampleView {
                    fact: "right.access.answered_in_time".into(),
                    population: 1240,
                    method: "simple random".into(),
                    seed: Some(20260301),
                    size: 60,
                    deviations: 0,
                    bound: 0.0487,
                });
            }
            7 => {
                finding.computed = Some(Gap);
                finding.ruling = Some(ruling(Some(Met), None, false));
            }
            _ => {}
        }
    }
    findings
}

fn question(fact: &str, who: (&str, &str, &str), answer: &str, settles: usize) -> QuestionView {
    QuestionView {
        fact: fact.into(),
        thing: called("activity.profiling", "用户画像"),
        group: fact.rsplit_once('.').map_or(fact, |(_, name)| name).into(),
        group_text: text(
            "这些活动主张哪一项合法性基础，何时识别？",
            "Which legal basis is claimed for each of these, and since when?",
        ),
        text: text(
            "该活动主张哪一项合法性基础，何时识别？",
            "Which legal basis is claimed for this activity, and since when?",
        ),
        who: who.0.into(),
        who_title: text(who.1, who.2),
        evidence: text("注明日期的合法性基础记录", "dated record of the legal basis"),
        answer: answer.into(),
        choices: if answer == "enum" {
            vec![
                ("consent".into(), text("同意", "consent")),
                ("contract".into(), text("订立、履行合同所必需", "necessary for a contract")),
            ]
        } else {
            vec![]
        },
        unknown: "never_stated".into(),
        settles,
        concerns: settles + 4,
        weight: settles as f64 + 0.5,
        findings: vec![("5.2.2-identified".into(), "activity.profiling".into())],
    }
}

fn assumption(kind: &str, path: &str, zh: &str, en: &str) -> AssumptionView {
    AssumptionView {
        kind: kind.into(),
        path: path.into(),
        statement: text(zh, en),
        group: format!("{kind} @ 张三"),
        group_text: text("目的是否合理？", "is the purpose reasonable?"),
        origin: Some(origin(if kind == "judgement" { kind } else { "statement" })),
    }
}

/// The sample.
pub fn report() -> Report {
    let legal = ("legal", "法务", "legal");
    let engineer = ("engineer", "研发／数据工程师", "software or data engineer");
    Report {
        format: FORMAT.into(),
        catalog: CatalogView {
            hash: "3b1f0c9d5e7a2468ace013579bdf02468ace13579bdf02468ace13579bdf0246".into(),
            logic: "0.1.0".into(),
            profile: "full".into(),
            profile_title: text("全部通用与环节要求（个人信息处理者）", "the whole standard, for a handler"),
            instruments: vec![InstrumentView {
                id: "t-clast-001.2-2021".into(),
                title: text(
                    "T/CLAST 001.2—2021 个人信息处理法律合规性评估指引 第2部分：指标与特性",
                    "T/CLAST 001.2-2021 guidelines for legal compliance assessment of personal information processing, part 2",
                ),
                status: "voluntary".into(),
            }],
        },
        as_of: "2026-06-30".into(),
        known_on: "2026-07-03".into(),
        closing: true,
        organisation: Some("示例零售有限公司".into()),
        products: vec![called("product.app", "购物 App"), called("product.staff", "人事系统")],
        summary: Summary {
            tally: Tally { met: 2, sampled: 1, gap: 3, observation: 1, not_applicable: 1, unknown: 2 },
            questions: 4,
            requirements: 86,
            things: 131,
            left_out: 5,
            exit: 1,
        },
        dimensions: DIMENSIONS.iter().enumerate().map(|(n, d)| dimension(n, *d)).collect(),
        indicators: vec![
            indicator("5.2.2", "合法性基础指标", "legal basis", "5.2", Aggregate::One, Verdict::NotProven),
            indicator("5.3.3", "诚信指标", "honesty", "5.3", Aggregate::All, Verdict::Gap),
            indicator(
                "5.4.2",
                "目的明确指标",
                "clear purpose",
                "5.4",
                Aggregate::Holistic,
                Verdict::ToBeJudged,
            ),
            indicator("5.7.2", "查阅复制指标", "access and copy", "5.7", Aggregate::All, Verdict::MetSampled),
            indicator("5.9.2", "责任指标", "accountability", "5.9", Aggregate::All, Verdict::NotAssessed),
        ],
        findings: findings(),
        questions: vec![
            question("activity.profiling.separate", legal, "enum", 6),
            question("product.app.recipients", engineer, "complete", 3),
            question("activity.profiling.began_on", engineer, "date", 1),
            question("met(5.4.2, activity.order)", legal, "ruling", 1),
            question(&format!("activity.{HOSTILE}.necessary"), legal, "bool", 1),
        ],
        assumptions: vec![
            assumption(
                "complete",
                "product.app.activities",
                "购物 App 的处理活动已列全",
                "the activities of the shopping App are all listed",
            ),
            assumption(
                "judgement",
                "activity.order.purpose_reasonable",
                "目的合理",
                "the purpose is reasonable",
            ),
            assumption("ruling", "5.4.2-clear@activity.order", "裁定为符合", "ruled conforming"),
            assumption(
                "sample",
                "right.access.answered_in_time",
                "抽样 60／1240",
                "sample of 60 out of 1240",
            ),
        ],
        evidence: vec![
            EvidenceView {
                id: "E-014".into(),
                title: "隐私政策 v3.2".into(),
                location: Some("evidence/privacy-policy-3.2.pdf".into()),
                sha256: Some("9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab".into()),
                on: Some("2026-03-01".into()),
            },
            EvidenceView {
                id: "E-015".into(),
                title: HOSTILE.into(),
                location: None,
                sha256: None,
                on: None,
            },
        ],
        engagement: None,
        laws: vec![],
    }
}

/// The sample with so many findings more, over `things` things.
#[allow(dead_code, reason = "not every test file that includes this stretches the sample")]
pub fn many(findings: usize) -> Report {
    let mut report = report();
    let outcomes = [
        Outcome::Gap,
        Outcome::Unknown,
        Outcome::Unknown,
        Outcome::Met,
        Outcome::Met,
        Outcome::Met,
        Outcome::Met,
        Outcome::Met,
        Outcome::NotApplicable,
        Outcome::NotApplicable,
    ];
    for n in 0..findings {
        let outcome = outcomes[n * outcomes.len() / findings];
        let requirement = format!("5.{}.2-part{}", 2 + n % 10, n % 80);
        let thing = format!("activity.a{n}");
        report.findings.push(finding(
            &requirement,
            &thing,
            &format!("处理活动第 {n} 号"),
            outcome,
            Strength::Shall,
        ));
        let tally = &mut report.summary.tally;
        match outcome {
            Outcome::Gap => tally.gap += 1,
            Outcome::Unknown => {
                tally.unknown += 1;
                report.questions.push(question(
                    &format!("{thing}.separate"),
                    ("legal", "法务", "legal"),
                    "bool",
                    1,
                ));
            }
            Outcome::Met => tally.met += 1,
            Outcome::NotApplicable => tally.not_applicable += 1,
        }
    }
    report
}
