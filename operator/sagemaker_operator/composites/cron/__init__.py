"""Work that begins on a schedule, by the words and rules of Kubernetes' CronJob.

`expression` reads a cron expression, `timetable` says when it is due, `runs` which of these times are to be acted upon, `plan`
what follows for the children. The rules are those of https://github.com/kubernetes/kubernetes/tree/master/pkg/controller/cronjob
(``cronjob_controllerv2.go`` and ``utils.go``) and of the parser behind it, https://github.com/robfig/cron.
"""
