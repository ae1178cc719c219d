using BuildData.Stores.Protocol;

namespace BuildData.Stores.Sqlite;

/// <summary>Represents a request for a commit that makes all earlier commits durable.</summary>
internal sealed class DurableCommitRequest(SqliteWriteConnection connection) : ExclusiveRequest<bool>
{
    public override void Run()
    {
        try
        {
            connection.CommitDurably();
            Succeed(true);
        }
#pragma warning disable CA1031 // The caller receives the error. The writer's thread must not end.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Recovery recovery = SynchronousTasks.GetResult(NonThrowingRecovery.Recover(connection, error, new FailedAttempt(1, 0, default, CanRunAgain: false)));
            Fail(recovery.Error ?? error);
            Complete();
        }
    }
}
