"""Words that people use for more than one metric; they are asked about, never chosen."""

from __future__ import annotations

from collections.abc import Mapping

_RATES = ("lead_to_mql_rate", "mql_to_sql_rate", "lead_to_won_rate", "win_rate")

AMBIGUOUS: Mapping[str, tuple[str, ...]] = {
    "成交率": ("win_rate", "lead_to_won_rate"),
    "成单率": ("win_rate", "lead_to_won_rate"),
    "转化率": (*_RATES, "form_conversion_rate"),
    "转化": (*_RATES, "funnel"),
    "转换率": (*_RATES, "form_conversion_rate"),
    "线索转化率": ("lead_to_mql_rate", "lead_to_won_rate"),
    "线索转化": ("lead_to_mql_rate", "lead_to_won_rate", "funnel"),
    "商机转化率": ("win_rate", "funnel"),
    "客户转化率": ("lead_to_won_rate", "win_rate"),
    "MQL转化率": ("lead_to_mql_rate", "mql_to_sql_rate"),
    "营收": ("won_amount", "payments"),
    "收入": ("won_amount", "payments"),
    "销售收入": ("won_amount", "payments"),
    "流水": ("won_amount", "payments"),
    "赚了多少钱": ("won_amount", "payments"),
    "赚了多少": ("won_amount", "payments"),
    "任务完成率": ("on_time_rate", "quota_attainment"),
    "任务完成情况": ("tasks_done", "on_time_rate", "quota_attainment"),
    "完成情况": ("quota_attainment", "tasks_done"),
    "成本": ("channel_cost", "cost_per_lead"),
    "费用": ("channel_cost", "cost_per_lead"),
    "销量": ("won_deals", "won_amount"),
    "客户数": ("new_customers", "new_leads"),
    "客户量": ("new_customers", "new_leads"),
    "成交客户": ("new_customers", "won_deals"),
    "成交客户数": ("new_customers", "won_deals"),
    "触达率": ("delivery_rate", "open_rate"),
    "预计": ("forecast_amount",),
    "周期": ("sales_cycle_days",),
    "时长": ("first_response_minutes", "sales_cycle_days"),
    "流失": ("churn_rate", "lost_deals"),
    "流失客户": ("churn_rate", "lost_deals"),
    # How many they were is no metric: only the share is, and that is asked.
    "复购": ("repeat_rate", "repeat_rate"),
    "退订": ("unsubscribe_rate", "unsubscribe_rate"),
    "质量": ("lead_to_mql_rate", "invalid_rate"),
    "线索质量": ("lead_to_mql_rate", "invalid_rate"),
    "工作量": ("follow_ups", "tasks_done"),
    "战绩": ("won_amount", "won_deals"),
    "目标": ("quota_attainment",),
    "效率": ("first_response_minutes", "on_time_rate"),
    "客户满意": ("satisfaction",),
    "性价比": ("channel_roi", "cost_per_lead"),
    "没人要": ("unassigned_leads", "pool_leads"),
    "没人要的线索": ("unassigned_leads", "pool_leads"),
}
