using System.Diagnostics;

namespace ImOrleans.Storage.Tests;

public sealed class DataDirectoryLockTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Second_holder_is_refused_and_told_the_folder()
    {
        using var held = DataDirectoryLock.Acquire(_directory.Path);
        var refused = Assert.Throws<DataDirectoryInUseException>(() => DataDirectoryLock.Acquire(_directory.Path));
        Assert.Equal(_directory.Path, refused.Directory);
        Assert.Contains(_directory.Path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_can_be_taken_again_after_release()
    {
        DataDirectoryLock.Acquire(_directory.Path).Dispose();
        using var held = DataDirectoryLock.Acquire(_directory.Path);
        Assert.Equal(_directory.Path, held.Directory);
    }

    [Fact]
    public void Missing_folder_is_created()
    {
        using var held = DataDirectoryLock.Acquire(_directory.File("new/deeper"));
        Assert.True(Directory.Exists(held.Directory));
    }

    [Fact]
    public async Task Another_process_is_refused_until_the_holder_dies()
    {
        using var holder = Start();
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync().Guard());
        Assert.Throws<DataDirectoryInUseException>(() => DataDirectoryLock.Acquire(_directory.Path));
        holder.Kill();
        await holder.WaitForExitAsync().Guard();
        DataDirectoryLock.Acquire(_directory.Path).Dispose();
    }

    private Process Start()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "ImOrleans.Storage.LockHolder.dll");
        return Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["exec", program, _directory.Path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }
}
