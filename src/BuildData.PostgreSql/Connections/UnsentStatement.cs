using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>Represents a statement that has not been sent to the server.</summary>
internal readonly struct UnsentStatement
{
    private readonly NpgsqlBatchCommand? _command;

    /// <param name="text">The SQL text.</param>
    /// <param name="values">The values of the parameters, in order.</param>
    public UnsentStatement(string text, SqlValue[] values) => (Text, Values) = (text, values);

    /// <param name="command">The command of the driver, with the parameters.</param>
    public UnsentStatement(NpgsqlBatchCommand command) => (_command, Text, Values) = (command, command.CommandText, []);

    /// <summary>Gets the SQL text.</summary>
    public string Text { get; }

    /// <summary>Gets the values of the parameters, in order. Empty if the statement was created from a command.</summary>
    public SqlValue[] Values { get; }

    /// <summary>Returns the command that the driver sends.</summary>
    public NpgsqlBatchCommand ToBatchCommand()
    {
        if (_command is not null)
            return _command;

        var command = new NpgsqlBatchCommand(Text);
        command.Parameters.AddValues(Values);
        return command;
    }
}
