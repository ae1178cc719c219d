using System.IO.MemoryMappedFiles;

namespace BuildData.Torture.Fuzzing.Running;

/// <summary>Remembers the input that runs in a file that outlives the process, because a stack overflow ends a process at once.</summary>
internal sealed class CurrentInput : IDisposable
{
    private const int Size = 1024 * 1024;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <summary>Creates the file.</summary>
    public CurrentInput(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, mapName: null, Size);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Reads the input from a file; empty if there is none.</summary>
    public static byte[] Read(string path)
    {
        if (!File.Exists(path))
            return [];
        byte[] all = File.ReadAllBytes(path);
        return all.AsSpan(sizeof(int), BitConverter.ToInt32(all)).ToArray();
    }

    /// <summary>Remembers an input.</summary>
    public void Set(byte[] input)
    {
        _view.Write(0, input.Length);
        _view.WriteArray(sizeof(int), input, 0, input.Length);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
