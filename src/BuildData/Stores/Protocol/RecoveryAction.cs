namespace BuildData.Stores.Protocol;

internal enum RecoveryAction
{
    Fail,
    Committed,
    RunAgain,
    RunSeparately,
    RunByTables,
}
