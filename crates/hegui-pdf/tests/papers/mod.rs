//! Papers made up for tests, pictures and measurements. All names are generated.

use hegui_assess::rollup::Verdict;
use hegui_catalog::model::Lang;
use hegui_report::paper::{Block, Column, Paper, Row, Span, Style, Table};

/// A paper that has one of everything.
pub fn sample(lang: Lang) -> Paper {
    let zh = lang == Lang::Zh;
    let say = |chinese: &str, english: &str| if zh { chinese.to_owned() } else { english.to_owned() };
    let text = |chinese: &str, english: &str| Span::Text(say(chinese, english));
    let heading = |level, chinese: &str, english: &str, anchor: Option<&str>| Block::Heading {
        level,
        text: say(chinese, english),
        anchor: anchor.map(str::to_owned),
        numbered: true,
    };
    let paragraph = |style, spans| Block::Paragraph { style, spans, anchor: None };
    let column = |chinese: &str, english: &str, share| Column { heading: say(chinese, english), share };
    let finding = |number: usize| Row {
        cells: vec![
            vec![vec![Span::Code(format!("5.{}.{}", number % 9 + 1, number % 7 + 1))]],
            vec![
                vec![text(
                    "收集前以弹窗单独告知目的、方式和范围，并取得明示同意",
                    "Before collection, purpose, means and scope are told in a notice of their own, and explicit consent is had",
                )],
                vec![text("对象：", "Thing: "), Span::Code(format!("activity.marketing-push-{number}"))],
            ],
            vec![vec![if number.is_multiple_of(3) {
                Span::Verdict(Verdict::Gap, say("不符合", "Gap"))
            } else if number % 3 == 1 {
                Span::Verdict(Verdict::Met, say("符合", "Met"))
            } else {
                Span::Verdict(Verdict::Unknown, say("未知", "Unknown"))
            }]],
            vec![vec![Span::Link { text: format!("E-{number:03}"), to: format!("evidence-{number}") }]],
        ],
        anchor: Some(format!("finding-{number}")),
    };
    let evidence = |number: usize| Row {
        cells: vec![
            vec![vec![Span::Link { text: format!("E-{number:03}"), to: format!("finding-{number}") }]],
            vec![vec![text("隐私政策第三版的截屏", "Screenshot of the third version of the privacy policy")]],
            vec![vec![Span::Code(format!("{:064x}", 0x9e37_79b9_7f4a_7c15_u128 * (number as u128 + 7)))]],
        ],
        anchor: Some(format!("evidence-{number}")),
    };
    Paper {
        lang,
        title: say("个人信息处理法律合规评估意见书", "Assessment opinion on personal-information compliance"),
        subtitle: say("示例零售有限公司", "Example Retail Ltd"),
        cover: vec![
            (say("评估委托方", "Commissioner"), say("示例零售有限公司", "Example Retail Ltd")),
            (say("评估依据", "Criteria"), say("T/CLAST 001.2-2021 全部条款；《个人信息保护法》", "T/CLAST 001.2-2021, all clauses; Personal Information Protection Law")),
            (say("评估基准日", "As of"), "2026-06-30".to_owned()),
            (say("目录版本", "Catalog"), "0.1.0 (sha256 5c1f…)".to_owned()),
        ],
        running: say("合规评估意见书 · 示例零售有限公司", "Assessment opinion · Example Retail Ltd"),
        author: say("示例律师事务所", "Example Law Firm"),
        date: "2026-06-30".to_owned(),
        watermark: Some(say("草稿", "DRAFT")),
        contents: true,
        blocks: [
            vec![
                heading(1, "评估结论", "Conclusion", None),
                paragraph(Style::Body, vec![
                    text("经评估，被评估方在个人信息收集环节有", "In collecting personal information the assessee shows "),
                    Span::Strong(say("三项差距", "three gaps")),
                    text("，其中一项涉及敏感个人信息；App 的 SDK 清单与隐私政策 v3.2 不一致（见", ", one of which touches sensitive personal information; the SDKs of the App differ from privacy policy v3.2 (see "),
                    Span::Link { text: say("证据索引", "the index of evidence"), to: "index".to_owned() },
                    text("）。在补齐下列未知事实以前，不能对提供环节作出结论。", "). Until the facts below are known nothing can be concluded about providing data to others."),
                ]),
                paragraph(Style::Grave, vec![text("处理敏感个人信息未取得单独同意，建议停止该项处理活动。", "Sensitive personal information is processed without separate consent; stopping this activity should be considered.")]),
                paragraph(Style::Open, vec![text("尚待查明：", "To be found out: "), Span::Unknown(say("境外接收方所在国家或地区", "the country or region of the overseas recipient")), text("。", ".")]),
                paragraph(Style::Note, vec![text("本意见仅就评估基准日的情况和所施行的法律作出，不构成对任何未列明事项的保证。", "This opinion speaks of the situation and of the law in force on its date and warrants nothing that it does not name.")]),
                heading(2, "评估方法及其局限", "Method and its limits", None),
                Block::List { ordered: true, items: vec![
                    vec![text("文件审阅：隐私政策、合同、制度；", "review of documents: policies, contracts, rules;")],
                    vec![text("访谈法务、产品、安全负责人；", "interviews with those responsible for law, product and security;")],
                    vec![text("抽样验证，样本量依", "sampling; the size follows "), Span::Code("sampling.method = \"attribute\"".to_owned()), text("确定。", ".")],
                ] },
                Block::List { ordered: false, items: vec![
                    vec![text("未访问生产数据库；", "production databases were not accessed;")],
                    vec![text("未知既不作符合，也不作不符合。", "what is unknown counts neither as met nor as a gap.")],
                ] },
                heading(3, "抽样", "Sampling", None),
                paragraph(Style::Body, vec![text("总体为 12 480 条同意记录，随机抽取 59 条，未见偏差；在 95% 的置信水平下，偏差率上限为 5%。", "Of 12,480 records of consent 59 were drawn at random and no deviation was found; at a confidence of 95% the rate is below 5%.")]),
                heading(4, "种子", "Seed", None),
                paragraph(Style::Body, vec![Span::Code("8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236d".to_owned())]),
                heading(1, "评估结果", "Results", None),
                heading(2, "逐条结果", "Clause by clause", None),
                Block::Table(Table {
                    caption: say("收集环节的要求与结果", "Requirements on collecting, and outcomes"),
                    columns: vec![
                        column("条款", "Clause", 10), column("要求", "Requirement", 54),
                        column("结果", "Outcome", 14), column("证据", "Evidence", 12),
                    ],
                    rows: (1..=40).map(finding).collect(),
                }),
                Block::NewPage,
                Block::Heading { level: 1, text: say("附件一 证据索引", "Annex 1 Index of evidence"), anchor: Some("index".to_owned()), numbered: false },
                Block::Table(Table {
                    caption: String::new(),
                    columns: vec![column("编号", "Number", 10), column("名称", "Name", 40), column("SHA-256", "SHA-256", 50)],
                    rows: (1..=40).map(evidence).collect(),
                }),
                heading(1, "签署", "Signatures", None),
            ],
            vec![Block::Signatures(vec![say("评估员：张三", "Assessor: Zhang San"), say("评估机构负责人：", "For the assessor's firm:")])],
        ].concat(),
    }
}

/// A paper of so many findings: half as rows of tables, half as paragraphs below headings.
#[allow(dead_code, reason = "not every program that includes this module measures")]
pub fn findings(count: usize) -> Paper {
    let reason = "登记册记载：活动“会员营销推送”以同意为合法性基础，处理位置轨迹和消费记录；同意页未将该目的与其他目的分开，用户只能一并同意。隐私政策 v3.2 第四条写明向广告平台提供设备标识，但同意记录中没有对应的单独同意。";
    let remedy = "将该目的从一揽子同意中拆出，单独弹窗说明接收方名称、联系方式、目的、方式和种类，取得单独同意后再提供；在此之前停止提供。";
    let plain = |text: &str| vec![Span::Text(text.to_owned())];
    let mut blocks = vec![];
    for chapter in 0..count.div_ceil(100) {
        blocks.push(Block::Heading {
            level: 1,
            text: format!("产品 {}", chapter + 1),
            anchor: None,
            numbered: true,
        });
        let of = |number: usize| chapter * 100 + number;
        let here = count.min(chapter * 100 + 100) - chapter * 100;
        for number in 0..here / 2 {
            let number = of(number);
            blocks.push(Block::Heading {
                level: 2,
                text: format!("5.4.{} 提供个人信息的单独同意", number % 30 + 1),
                anchor: Some(format!("finding-{number}")),
                numbered: true,
            });
            blocks.push(Block::Paragraph {
                style: Style::Body,
                anchor: None,
                spans: vec![
                    Span::Verdict(Verdict::Gap, "不符合".to_owned()),
                    Span::Text(format!("（对象 {number}）：{reason}")),
                    Span::Link { text: "见证据".to_owned(), to: format!("finding-{}", of(here / 2)) },
                ],
            });
            blocks.push(Block::Paragraph { style: Style::Note, spans: plain(remedy), anchor: None });
        }
        let row = |number: usize| Row {
            anchor: Some(format!("finding-{number}")),
            cells: vec![
                vec![vec![Span::Code(format!("5.4.{}", number % 30 + 1))]],
                vec![plain(&format!("（对象 {number}）：{reason}"))],
                vec![vec![Span::Verdict(Verdict::Unknown, "未知".to_owned())]],
                vec![plain(remedy)],
            ],
        };
        let column = |heading: &str, share| Column { heading: heading.to_owned(), share };
        blocks.push(Block::Table(Table {
            caption: "其余结果".to_owned(),
            columns: vec![column("条款", 10), column("事实", 50), column("结果", 10), column("整改", 40)],
            rows: (here / 2..here).map(|number| row(of(number))).collect(),
        }));
    }
    Paper { watermark: None, blocks, ..sample(Lang::Zh) }
}
